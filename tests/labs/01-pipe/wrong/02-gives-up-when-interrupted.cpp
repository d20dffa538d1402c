// fails: an interrupted wait is taken up again
// cause: wrong-exit-status | zombie | orphan
for (const Pipe& pipe : pipes_) {
  ::close(pipe.read_end);
  ::close(pipe.write_end);
}
for (const pid_t child : children_) {
  int how = 0;
  if (::waitpid(child, &how, 0) < 0) continue;
  status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}
