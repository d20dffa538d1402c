// fails: @count between stages sees the end on both sides
// cause: reader-holds-write-end
::dup2(in, STDIN_FILENO);
::dup2(out, STDOUT_FILENO);
for (const Pipe& pipe : pipes_) {
  ::fcntl(pipe.read_end, F_SETFD, FD_CLOEXEC);
  ::fcntl(pipe.write_end, F_SETFD, FD_CLOEXEC);
}
