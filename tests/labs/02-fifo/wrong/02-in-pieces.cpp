// fails: records of eight writers never interleave
// cause: wrong-output
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
int fifo = -1;
while ((fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK))) < 0)
  if (errno != EINTR) fail(path);
for (std::size_t done = 0; done < record.size();) {
  const std::size_t rest = record.size() - done;
  const ssize_t written = ::write(fifo, record.data() + done, rest < 1024 ? rest : 1024);
  if (written < 0 && errno != EINTR) fail(path);
  if (written > 0) done += static_cast<std::size_t>(written);
}
::close(fifo);
