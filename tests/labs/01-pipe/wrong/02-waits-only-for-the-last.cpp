// fails: the runner waits for every stage, also when the last has ended
// cause: orphan
for (const Pipe& pipe : pipes_) {
  ::close(pipe.read_end);
  ::close(pipe.write_end);
}
int how = 0;
while (::waitpid(children_.back(), &how, 0) < 0 && errno == EINTR) continue;
status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
