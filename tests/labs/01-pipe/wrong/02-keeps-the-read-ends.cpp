// fails: a stage whose reader has left is ended
// cause: no-receiver
for (const Pipe& pipe : pipes_) ::close(pipe.write_end);
for (const pid_t child : children_) {
  int how = 0;
  while (::waitpid(child, &how, 0) < 0 && errno == EINTR) continue;
  status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}
