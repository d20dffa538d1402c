// fails: submit makes no FIFO of its own
// cause: left-behind
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
int fifo = -1;
while ((fifo = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (wait ? 0 : O_NONBLOCK), 0600)) < 0)
  if (errno != EINTR) fail(path);
while (::write(fifo, record.data(), record.size()) < 0)
  if (errno != EINTR) fail(path);
::close(fifo);
