// fails: the end of the input reaches the last of many stages
// cause: reader-holds-write-end
// "All" descriptors: where there are many pipes, some ends stay.
::dup2(in, STDIN_FILENO);
::dup2(out, STDOUT_FILENO);
for (int fd = 3; fd < 64; ++fd) ::close(fd);
