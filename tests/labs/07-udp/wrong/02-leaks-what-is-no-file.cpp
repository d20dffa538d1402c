// fails: what is no regular file, or may not be read, is answered with error 2
// cause: descriptor-leak
open_how how{};
  how.flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH;
  long fd;
  do fd = ::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how);
  while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  if (fd < 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG) throw Refusal{kNotFound, "not found"};
    throw Refusal{kAccess, "access violation"};
  }
  struct stat st{};
  if (::fstat(static_cast<int>(fd), &st) != 0 || !S_ISREG(st.st_mode))
    throw Refusal{kAccess, "no regular file"};
  return Fd(static_cast<int>(fd));
