// fails: what is no regular file, or may not be read, is answered with error 2
// cause: no-sender
open_how how{};
how.resolve = RESOLVE_BENEATH;
how.flags = O_RDONLY | O_CLOEXEC;
Fd file(static_cast<int>(::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how)));
if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
  throw Refusal{kNotFound, "no such file"};
if (file.get() < 0) throw Refusal{kAccess, "access violation"};
struct stat status {};
if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) throw Refusal{kAccess, "not a regular file"};
return file;
