// fails: an interrupted submit goes on
// cause: wrong-exit-status | ended-early
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
int fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK));
if (fifo < 0 && errno == EINTR) fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK));
if (fifo < 0) fail(path);
ssize_t done = 0;
do done = ::write(fifo, record.data(), record.size());
while (done < 0 && errno == EINTR);
if (done < 0) fail(path);
::close(fifo);
