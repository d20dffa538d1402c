// fails: an interrupted submit goes on
// cause: wrong-exit-status | ended-early
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
int fifo = -1;
while ((fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK))) < 0) {
  if (errno != EINTR) fail(path);
  wait = false;
}
ssize_t done = 0;
do done = ::write(fifo, record.data(), record.size());
while (done < 0 && errno == EINTR);
if (done < 0) fail(path);
::close(fifo);
