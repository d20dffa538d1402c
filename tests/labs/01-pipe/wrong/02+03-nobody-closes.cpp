// fails: the end of the input reaches the last stage
// cause: reader-holds-write-end
for (const pid_t child : children_) {
  int how = 0;
  while (::waitpid(child, &how, 0) < 0 && errno == EINTR) continue;
  status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}
// TODO(3)
::dup2(in, STDIN_FILENO);
::dup2(out, STDOUT_FILENO);
