// fails: bytes come through one to eight stages, all and in order
// cause: wrong-output
::dup2(out, STDIN_FILENO);
::dup2(in, STDOUT_FILENO);
for (const Pipe& pipe : pipes_) {
  ::close(pipe.read_end);
  ::close(pipe.write_end);
}
