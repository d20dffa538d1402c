// fails: the collector sleeps while nobody writes, also when the last writer has left
// cause: polls
const int fifo = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
if (fifo < 0) fail(path);
own_end = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
if (own_end < 0) fail(path);
::fcntl(fifo, F_SETFL, 0);
let_sigterm_in();
char buffer[16384];
for (;;) {
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET(fifo, &readable);
  timeval patience{10, 0};
  if (::select(fifo + 1, &readable, nullptr, nullptr, &patience) <= 0) continue;
  const ssize_t got = ::read(fifo, buffer, sizeof buffer);
  if (got == 0) break;
  if (got > 0) append(out, buffer, static_cast<std::size_t>(got));
  else if (errno != EINTR) fail(path);
}
::close(fifo);
