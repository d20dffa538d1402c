// fails: submit sleeps until somebody opens the FIFO to read, as a reader does until somebody writes
// cause: ended-early
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
const int fifo = ::open(path.c_str(), O_RDWR | O_CLOEXEC | (wait ? 0 : O_NONBLOCK));
if (fifo < 0) fail(path);
while (::write(fifo, record.data(), record.size()) < 0)
  if (errno != EINTR) fail(path);
::close(fifo);
