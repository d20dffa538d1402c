// fails: what is no FIFO is refused, and left as it is
// cause: blocks
::unlink(path.c_str());
if (::mkfifo(path.c_str(), 0600) != 0) fail(path);
