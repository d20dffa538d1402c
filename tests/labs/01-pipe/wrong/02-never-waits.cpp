// fails: the runner waits for every stage, also when the last has ended
// cause: orphan
for (const Pipe& pipe : pipes_) {
  ::close(pipe.read_end);
  ::close(pipe.write_end);
}
