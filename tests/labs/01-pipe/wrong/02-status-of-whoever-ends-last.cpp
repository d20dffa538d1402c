// fails: the exit status is the last stage's, whichever ends last
// cause: wrong-exit-status
for (const Pipe& pipe : pipes_) {
  ::close(pipe.read_end);
  ::close(pipe.write_end);
}
int how = 0;
while (::wait(&how) > 0 || errno == EINTR) {
  status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}
