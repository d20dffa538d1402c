// fails: SIGTERM just before the collector falls asleep is not forgotten
// cause: blocks
const char* const name = fifo_name;
const int fifo = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
if (fifo < 0) fail(path);
own_end = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
if (own_end < 0) fail(path);
let_sigterm_in();
char buffer[16384];
for (;;) {
  const ssize_t got = ::read(fifo, buffer, sizeof buffer);
  if (got == 0) break;
  if (got > 0) append(out, buffer, static_cast<std::size_t>(got));
  if (got >= 0 || errno == EINTR) continue;
  if (errno != EAGAIN) fail(path);
  if (!fifo_name && own_end >= 0) {
    ::unlink(name);
    ::close(own_end);
    own_end = -1;
    continue;
  }
  fd_set watched;
  FD_ZERO(&watched);
  FD_SET(fifo, &watched);
  ::select(fifo + 1, &watched, nullptr, nullptr, nullptr);
}
::close(fifo);
// TODO(4)
fifo_name = nullptr;
