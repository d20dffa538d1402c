// fails: at SIGTERM the name goes at once, and the collector when the last writer has left
// cause: polls
const int fifo = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
if (fifo < 0) fail(path);
own_end = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
if (own_end < 0) fail(path);
::fcntl(fifo, F_SETFL, 0);
let_sigterm_in();
char buffer[16384];
for (bool stopped = false;;) {
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET(fifo, &readable);
  timeval patience{60, 0};
  const int ready = ::select(fifo + 1, &readable, nullptr, nullptr, stopped ? &patience : nullptr);
  stopped = ::access(path.c_str(), F_OK) != 0;
  if (ready == 0) break;
  if (ready < 0) continue;
  const ssize_t got = ::read(fifo, buffer, sizeof buffer);
  if (got == 0) break;
  if (got > 0) append(out, buffer, static_cast<std::size_t>(got));
  else if (errno != EINTR) fail(path);
}
::close(fifo);
// TODO(4)
::unlink(fifo_name);
::close(own_end);
