// fails: @count hands on every byte and says how many
// cause: wrong-output
char buffer[16384] = {};
long long copied = 0;
for (;;) {
  const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
  if (got == 0) return copied;
  if (got < 0 && errno != EINTR) return -1;
  for (ssize_t done = 0; done < static_cast<ssize_t>(sizeof buffer);) {
    const ssize_t taken = ::write(STDOUT_FILENO, buffer + done, sizeof buffer - static_cast<std::size_t>(done));
    if (taken < 0 && errno != EINTR) return -1;
    if (taken > 0) done += taken;
  }
  if (got > 0) copied += got;
}
