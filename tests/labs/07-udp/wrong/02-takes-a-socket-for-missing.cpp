// fails: what is no regular file, or may not be read, is answered with error 2
// cause: wrong-answer
open_how how{};
how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
how.resolve = RESOLVE_BENEATH;
Fd file(static_cast<int>(::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how)));
if (file.get() < 0 && (errno == EACCES || errno == EXDEV)) throw Refusal{kAccess, "access violation"};
if (file.get() < 0) throw Refusal{kNotFound, "no such file"};  // ENXIO, too
struct stat status {};
if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) throw Refusal{kAccess, "not a regular file"};
return file;
