// fails: transfers have ports of their own and do not wait for each other
// cause: descriptor-leak
open_how how{};
how.resolve = RESOLVE_BENEATH;
how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
const int fd = static_cast<int>(::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how));
if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
  throw Refusal{kNotFound, "no such file"};
if (fd < 0) throw Refusal{kAccess, "access violation"};
struct stat status {};
if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) throw Refusal{kAccess, "not a regular file"};
return Fd(::dup(fd));
