// fails: a FIFO that is there already is used, and who waits at it is served
// cause: wrong-output
struct stat there {};
if (::mkfifo(path.c_str(), 0600) != 0) {
  if (errno != EEXIST) fail(path);
  if (::lstat(path.c_str(), &there) != 0 || !S_ISFIFO(there.st_mode)) {
    errno = EEXIST;
    fail(path);
  }
  ::chmod(path.c_str(), 0600);
}
