// fails: @count hands on every byte and says how many
// cause: wrong-output
char buffer[16384];
long long copied = 0;
for (;;) {
  const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer - 1);
  if (got == 0) return copied;
  if (got < 0 && errno != EINTR) return -1;
  if (got < 0) continue;
  buffer[got] = '\0';
  for (std::size_t done = 0, size = std::strlen(buffer); done < size;) {
    const ssize_t taken = ::write(STDOUT_FILENO, buffer + done, size - done);
    if (taken < 0 && errno != EINTR) return -1;
    if (taken > 0) done += static_cast<std::size_t>(taken);
  }
  copied += got;
}
