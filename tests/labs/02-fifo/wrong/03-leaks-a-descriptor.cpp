// fails: the collector sleeps while nobody writes, also when the last writer has left
// cause: descriptor-leak
let_sigterm_in();
char buffer[16384];
for (int fifo = -1;;) {
  const int next = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (next < 0 && errno == EINTR) continue;
  if (next < 0) break;
  fifo = next;
  for (ssize_t got; (got = ::read(fifo, buffer, sizeof buffer)) != 0;)
    if (got > 0) append(out, buffer, static_cast<std::size_t>(got));
}
