// fails: what is no regular file, or may not be read, is answered with error 2
// cause: wrong-answer
open_how how{};
how.resolve = RESOLVE_BENEATH;
how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
Fd file(static_cast<int>(::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how)));
struct stat status {};
if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
  throw Refusal{kNotFound, "no such file"};
return file;
