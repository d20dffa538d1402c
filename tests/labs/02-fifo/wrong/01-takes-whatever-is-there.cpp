// fails: what is no FIFO is refused, and left as it is
// cause: wrong-exit-status
if (::mkfifo(path.c_str(), 0600) != 0 && errno != EEXIST) fail(path);
