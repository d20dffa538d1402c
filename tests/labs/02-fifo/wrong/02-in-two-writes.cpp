// fails: records of eight writers never interleave
// cause: wrong-output
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
int fifo = -1;
while ((fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK))) < 0)
  if (errno != EINTR) fail(path);
while (::write(fifo, text.data(), text.size()) < 0)
  if (errno != EINTR) fail(path);
while (::write(fifo, "\n", 1) < 0)
  if (errno != EINTR) fail(path);
::close(fifo);
