#pragma once
#include "wire.hpp"
/// A descriptor, or minus the code of the ERROR. No link is followed, no ".." taken.
inline int open_inside(int directory, const std::string& name) {
  if (name[0] == '/') return -2;
  int at = ::dup(directory);
  std::size_t begin = 0;
  for (;;) {
    const std::size_t slash = name.find('/', begin);
    const std::string part = name.substr(begin, slash == name.npos ? name.npos : slash - begin);
    if (part == "..") {
      ::close(at);
      return -2;
    }
    const bool last = slash == name.npos;
    const std::string step = part.empty() ? "." : part;
    const int flags =
        last ? O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int next;
    do next = ::openat(at, step.c_str(), flags);
    while (next < 0 && errno == EINTR);
    const int why = errno;
    struct stat st;
    const bool link =
        next < 0 && ::fstatat(at, step.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
    ::close(at);
    if (next < 0) {
      if (link) return -2;
      return why == ENOENT || why == ENOTDIR || why == ENAMETOOLONG ? -1 : -2;
    }
    at = next;
    if (!last) {
      begin = slash + 1;
      continue;
    }
    if (::fstat(at, &st) != 0 || !S_ISREG(st.st_mode)) {
      ::close(at);
      return -2;
    }
    return at;
  }
}
