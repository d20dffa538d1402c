// fails: a FIFO that is there already is used, and who waits at it is served
// cause: no-partner
own_end = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
if (own_end < 0) fail(path);
const int fifo = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
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
