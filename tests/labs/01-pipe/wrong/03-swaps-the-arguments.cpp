// fails: bytes come through one to eight stages, all and in order
// cause: wrong-output
::dup2(STDIN_FILENO, in);
::dup2(STDOUT_FILENO, out);
for (const Pipe& pipe : pipes_) {
  ::close(pipe.read_end);
  ::close(pipe.write_end);
}
