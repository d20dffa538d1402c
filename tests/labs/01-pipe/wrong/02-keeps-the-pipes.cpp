// fails: the end of the input reaches the last stage
// cause: write-end-held
for (const pid_t child : children_) {
  int how = 0;
  while (::waitpid(child, &how, 0) < 0 && errno == EINTR) continue;
  status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}
for (const Pipe& pipe : pipes_) {
  ::close(pipe.read_end);
  ::close(pipe.write_end);
}
