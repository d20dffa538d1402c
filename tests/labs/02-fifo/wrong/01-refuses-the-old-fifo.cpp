// fails: a FIFO that is there already is used, and who waits at it is served
// cause: no-partner
if (::mkfifo(path.c_str(), 0600) != 0) fail(path);
