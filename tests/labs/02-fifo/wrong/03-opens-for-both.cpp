// fails: SIGTERM ends a collector that waits, and the FIFO is gone
// cause: reader-holds-write-end
const int fifo = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
if (fifo < 0) fail(path);
let_sigterm_in();
char buffer[16384];
for (;;) {
  const ssize_t got = ::read(fifo, buffer, sizeof buffer);
  if (got == 0) break;
  if (got > 0) append(out, buffer, static_cast<std::size_t>(got));
  else if (errno != EINTR) fail(path);
}
::close(fifo);
