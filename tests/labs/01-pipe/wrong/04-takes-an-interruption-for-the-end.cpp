// fails: @count survives an interrupted read and an interrupted write
// cause: wrong-output
char buffer[16384];
long long copied = 0;
for (ssize_t got; (got = ::read(STDIN_FILENO, buffer, sizeof buffer)) > 0; copied += got) {
  for (ssize_t done = 0; done < got;) {
    const ssize_t taken = ::write(STDOUT_FILENO, buffer + done, static_cast<std::size_t>(got - done));
    if (taken < 0) return -1;
    done += taken;
  }
}
return copied;
