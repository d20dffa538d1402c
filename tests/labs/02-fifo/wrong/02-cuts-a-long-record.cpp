// fails: a record of up to PIPE_BUF bytes goes through, a longer one is refused
// cause: wrong-exit-status
int fifo = -1;
while ((fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK))) < 0)
  if (errno != EINTR) fail(path);
const std::size_t size = record.size() < kLongest ? record.size() : kLongest;
while (::write(fifo, record.data(), size) < 0)
  if (errno != EINTR) fail(path);
::close(fifo);
