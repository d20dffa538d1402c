// fails: a stage that is stopped has not ended
// cause: orphan
for (const Pipe& pipe : pipes_) {
  ::close(pipe.read_end);
  ::close(pipe.write_end);
}
for (const pid_t child : children_) {
  int how = 0;
  while (::waitpid(child, &how, WUNTRACED) < 0 && errno == EINTR) continue;
  status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}
