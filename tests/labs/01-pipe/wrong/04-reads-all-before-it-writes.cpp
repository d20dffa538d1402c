// fails: @count hands on what has come before it waits for more
// cause: child-stuck
std::string all;
char buffer[16384];
for (;;) {
  const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
  if (got == 0) break;
  if (got < 0 && errno != EINTR) return -1;
  if (got > 0) all.append(buffer, static_cast<std::size_t>(got));
}
for (std::size_t done = 0; done < all.size();) {
  const ssize_t taken = ::write(STDOUT_FILENO, all.data() + done, all.size() - done);
  if (taken < 0 && errno != EINTR) return -1;
  if (taken > 0) done += static_cast<std::size_t>(taken);
}
return static_cast<long long>(all.size());
