// fails: submit sleeps until somebody opens the FIFO to read, as a reader does until somebody writes
// cause: polls | sleeps
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
int fifo = -1;
while ((fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK)) < 0) {
  if (errno != EINTR && (errno != ENXIO || !wait)) fail(path);
  ::usleep(300'000);
}
if (wait) ::fcntl(fifo, F_SETFL, 0);
while (::write(fifo, record.data(), record.size()) < 0)
  if (errno != EINTR) fail(path);
::close(fifo);
