// fails: every byte comes through, in order, as soon as it has come
// cause: wrong-output
const int fifo = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
if (fifo < 0) fail(path);
own_end = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
if (own_end < 0) fail(path);
::fcntl(fifo, F_SETFL, 0);
let_sigterm_in();
char buffer[16385];
for (;;) {
  const ssize_t got = ::read(fifo, buffer, sizeof buffer - 1);
  if (got == 0) break;
  if (got < 0 && errno != EINTR) fail(path);
  if (got < 0) continue;
  buffer[got] = '\0';
  append(out, buffer, std::string(buffer).size());
}
::close(fifo);
