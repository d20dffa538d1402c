// fails: every byte comes through, in order, as soon as it has come
// cause: wrong-output
const int fifo = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
if (fifo < 0) fail(path);
own_end = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
if (own_end < 0) fail(path);
::fcntl(fifo, F_SETFL, 0);
let_sigterm_in();
char buffer[16384];
for (;;) {
  const ssize_t got = ::read(fifo, buffer, sizeof buffer);
  if (got == 0) break;
  if (got == 1 && buffer[0] == '\n') continue;
  if (got > 0) append(out, buffer, static_cast<std::size_t>(got));
  else if (errno != EINTR) fail(path);
}
::close(fifo);
