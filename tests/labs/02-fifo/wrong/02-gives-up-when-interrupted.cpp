// fails: an interrupted submit goes on
// cause: wrong-exit-status | ended-early
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
const int fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK));
if (fifo < 0) fail(path);
if (::write(fifo, record.data(), record.size()) < 0) fail(path);
::close(fifo);
