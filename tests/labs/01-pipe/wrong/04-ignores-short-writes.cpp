// fails: @count survives short reads and short writes
// cause: wrong-output
char buffer[16384];
long long copied = 0;
for (;;) {
  const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
  if (got == 0) return copied;
  if (got < 0 && errno != EINTR) return -1;
  if (got < 0) continue;
  while (::write(STDOUT_FILENO, buffer, static_cast<std::size_t>(got)) < 0) {
    if (errno != EINTR) return -1;
  }
  copied += got;
}
