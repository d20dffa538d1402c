// Names as locks and as signs: a file made with O_EXCL, a directory, a link; removed, renamed.
#include "race/runtime/names.hpp"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "race/runtime/channel.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"

using namespace ipclab::race;

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

void changes() {
  if (!watched()) return;
  const Inside inside;
  release(names());
}

/// That a name is there, or is not, is a sign of what others did before.
int learns(int result) {
  if (!watched()) return result;
  const Inside inside;
  acquire(names());
  return result;
}

/// Whoever looks may look again and again: that is a point.
int looks(int result, std::uint64_t place) {
  scheduler::point(What::lock, nullptr, place);
  return learns(result);
}

/// What failed may be tried again and again.
int learns(int result, std::uint64_t place) { return result < 0 ? looks(result, place) : learns(result); }

/// The opening of a FIFO waits for the other side's.
bool is_fifo(int directory, const char* path) {
  static constinit Real<int(int, const char*, struct stat*, int)> look("fstatat");
  const int error = errno;
  struct stat status {};
  const bool is = watched() && look(directory, path, &status, 0) == 0 && S_ISFIFO(status.st_mode);
  errno = error;
  return is;
}

int opened(int directory, const char* path, int flags, mode_t mode, std::uint64_t place) {
  static constinit Real<int(int, const char*, int, mode_t)> real("openat");
  if ((flags & O_CREAT) || is_fifo(directory, path)) changes();
  return learns(real(directory, path, flags, mode), place);
}

using OpenStream = FILE*(const char*, const char*);

FILE* opened(Real<OpenStream>& real, const char* path, const char* mode, std::uint64_t place) {
  if (mode[0] != 'r' || is_fifo(AT_FDCWD, path)) changes();
  FILE* stream = real(path, mode);
  learns(stream ? 0 : -1, place);
  return stream;
}

}  // namespace

#define OPENS(name, directory, ...)                            \
  ENTRY int name(__VA_ARGS__, int flags, ...) {                \
    va_list list;                                              \
    va_start(list, flags);                                     \
    const mode_t mode = va_arg(list, mode_t);                  \
    va_end(list);                                              \
    return opened(directory, path, flags, mode, IPCLAB_PLACE); \
  }
OPENS(open, AT_FDCWD, const char* path)
OPENS(open64, AT_FDCWD, const char* path)
OPENS(openat, directory, int directory, const char* path)
OPENS(openat64, directory, int directory, const char* path)

#define OPENS_STREAM(name)                               \
  ENTRY FILE* name(const char* path, const char* mode) { \
    static constinit Real<OpenStream> real(#name);       \
    return opened(real, path, mode, IPCLAB_PLACE);       \
  }
OPENS_STREAM(fopen)
OPENS_STREAM(fopen64)

IPCLAB_INTERPOSE(int, unlink, const char*)(const char* path) {
  changes();
  return learns(real_unlink(path), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, rename, const char*, const char*)(const char* from, const char* to) {
  changes();
  return learns(real_rename(from, to), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, link, const char*, const char*)(const char* from, const char* to) {
  changes();
  return learns(real_link(from, to), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, symlink, const char*, const char*)(const char* from, const char* to) {
  changes();
  return learns(real_symlink(from, to), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, remove, const char*)(const char* path) {
  changes();
  return learns(real_remove(path), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, creat, const char*, mode_t)(const char* path, mode_t mode) {
  changes();
  return learns(real_creat(path, mode), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, mkdir, const char*, mode_t)(const char* path, mode_t mode) {
  changes();
  return learns(real_mkdir(path, mode), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, rmdir, const char*)(const char* path) {
  changes();
  return learns(real_rmdir(path), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, stat, const char*, struct stat*)(const char* path, struct stat* status) {
  return looks(real_stat(path, status), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, lstat, const char*, struct stat*)(const char* path, struct stat* status) {
  return looks(real_lstat(path, status), IPCLAB_PLACE);
}
/// The size of a file is a sign, too: who sees it knows what was done before the last write.
IPCLAB_INTERPOSE(int, fstat, int, struct stat*)(int fd, struct stat* status) {
  const int result = real_fstat(fd, status);
  if (result == 0 && watched() && S_ISREG(status->st_mode)) {
    const Inside inside;
    acquire(channel_of(fd).in);
  }
  return result;
}
IPCLAB_INTERPOSE(int, ftruncate, int, off_t)(int fd, off_t length) {
  if (watched()) {
    const Inside inside;
    release(channel_of(fd).out);
  }
  return real_ftruncate(fd, length);
}

IPCLAB_INTERPOSE(int, access, const char*, int)(const char* path, int mode) {
  return looks(real_access(path, mode), IPCLAB_PLACE);
}
