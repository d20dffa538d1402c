// fails: the exit status is the last stage's, whichever ends last
// cause: wrong-exit-status
for (const Pipe& pipe : pipes_) {
  ::close(pipe.read_end);
  ::close(pipe.write_end);
}
for (const pid_t child : children_) {
  int how = 0;
  while (::waitpid(child, &how, 0) < 0 && errno == EINTR) continue;
  if (child == children_.front()) status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}
