// fails: a command that signal N ends gives 128 + N
// cause: wrong-exit-status
for (const Pipe& pipe : pipes_) {
  ::close(pipe.read_end);
  ::close(pipe.write_end);
}
for (const pid_t child : children_) {
  int how = 0;
  while (::waitpid(child, &how, 0) < 0 && errno == EINTR) continue;
  status = WEXITSTATUS(how);
}
