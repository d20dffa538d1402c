// fails: the collector sleeps while nobody writes, also when the last writer has left
// cause: spins
const int fifo = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
if (fifo < 0) fail(path);
let_sigterm_in();
char buffer[16384];
for (;;) {
  const ssize_t got = ::read(fifo, buffer, sizeof buffer);
  if (got > 0) append(out, buffer, static_cast<std::size_t>(got));
  else if (got < 0 && errno != EINTR) fail(path);
}
