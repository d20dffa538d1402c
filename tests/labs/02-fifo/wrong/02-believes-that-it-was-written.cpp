// fails: submit says so when its reader has left
// cause: wrong-exit-status
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
int fifo = -1;
while ((fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK))) < 0)
  if (errno != EINTR) fail(path);
while (::write(fifo, record.data(), record.size()) < 0 && errno == EINTR) continue;
::close(fifo);
