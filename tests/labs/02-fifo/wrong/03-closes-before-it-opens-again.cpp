// fails: no record is lost, whatever the collector is about to do when it comes
// cause: wrong-output
let_sigterm_in();
char buffer[16384];
for (;;) {
  const int fifo = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fifo < 0 && errno == EINTR) continue;
  if (fifo < 0) break;
  for (ssize_t got; (got = ::read(fifo, buffer, sizeof buffer)) != 0;)
    if (got > 0) append(out, buffer, static_cast<std::size_t>(got));
    else if (errno != EINTR) fail(path);
  ::close(fifo);
}
