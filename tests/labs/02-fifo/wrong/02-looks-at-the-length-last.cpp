// fails: a record that is too long is refused at once, also where nobody reads
// cause: no-partner | blocks
int fifo = -1;
while ((fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK))) < 0)
  if (errno != EINTR) fail(path);
if (record.size() > kLongest) {
  ::close(fifo);
  errno = EMSGSIZE;
  fail(path);
}
while (::write(fifo, record.data(), record.size()) < 0)
  if (errno != EINTR) fail(path);
::close(fifo);
