// fails: a FIFO that is there already is used, and who waits at it is served
// cause: no-partner
struct stat there {};
if (::stat(path.c_str(), &there) == 0 && S_ISFIFO(there.st_mode)) ::unlink(path.c_str());
if (::mkfifo(path.c_str(), 0600) != 0) fail(path);
