// fails: the collector sleeps while nobody writes, also when the last writer has left
// cause: polls | sleeps
const int fifo = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
if (fifo < 0) fail(path);
own_end = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
let_sigterm_in();
char buffer[16384];
for (;;) {
  const ssize_t got = ::read(fifo, buffer, sizeof buffer);
  if (got == 0) break;
  if (got > 0) append(out, buffer, static_cast<std::size_t>(got));
  else if (errno == EAGAIN) ::usleep(300'000);
  else if (errno != EINTR) fail(path);
}
::close(fifo);
