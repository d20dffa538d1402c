// fails: submit -n does not wait for a reader, and says that there is none
// cause: no-partner
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
static_cast<void>(wait);
int fifo = -1;
while ((fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC)) < 0)
  if (errno != EINTR) fail(path);
while (::write(fifo, record.data(), record.size()) < 0)
  if (errno != EINTR) fail(path);
::close(fifo);
