// fails: a file that is not there is answered with error 1
// cause: descriptor-leak
const int at = ::dup(directory);
open_how how{};
how.resolve = RESOLVE_BENEATH;
how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
const int fd = static_cast<int>(::syscall(SYS_openat2, at, name.c_str(), &how, sizeof how));
if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
  throw Refusal{kNotFound, "no such file"};
if (fd < 0) throw Refusal{kAccess, "access violation"};
::close(at);
struct stat status {};
Fd file(fd);
if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) throw Refusal{kAccess, "not a regular file"};
return file;
