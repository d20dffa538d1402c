// fails: the exit status is that of the command
// cause: wrong-exit-status
for (const Pipe& pipe : pipes_) {
  ::close(pipe.read_end);
  ::close(pipe.write_end);
}
for (const pid_t child : children_) {
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
}
