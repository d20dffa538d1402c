// fails: submit sleeps while the FIFO is full, and submit -n says so
// cause: no-receiver | stuck | all-writers-full | blocks
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
int fifo = -1;
while ((fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK))) < 0)
  if (errno != EINTR) fail(path);
::fcntl(fifo, F_SETFL, 0);
while (::write(fifo, record.data(), record.size()) < 0)
  if (errno != EINTR) fail(path);
::close(fifo);
