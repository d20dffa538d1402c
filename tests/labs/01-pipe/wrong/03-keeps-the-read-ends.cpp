// fails: every stage has descriptors 0, 1 and 2 open, and no other
// cause: descriptor-leak
::dup2(in, STDIN_FILENO);
::dup2(out, STDOUT_FILENO);
for (const Pipe& pipe : pipes_) ::close(pipe.write_end);
