// fails: every byte comes through, in order, as soon as it has come
// cause: wrong-output
let_sigterm_in();
for (;;) {
  const int fifo = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fifo < 0) break;
  std::string all;
  char buffer[16384];
  for (ssize_t got; (got = ::read(fifo, buffer, sizeof buffer)) != 0;)
    if (got > 0) all.append(buffer, static_cast<std::size_t>(got));
  append(out, all.data(), all.size());
  ::close(fifo);
}
