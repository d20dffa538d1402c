// fails: the end of the input reaches the last stage
// cause: reader-holds-write-end
::dup2(in, STDIN_FILENO);
::dup2(out, STDOUT_FILENO);
if (in != STDIN_FILENO) ::close(in);
if (out != STDOUT_FILENO) ::close(out);
