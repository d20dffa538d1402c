// Names as locks and as signs: a file made with O_EXCL, a directory, a link; removed, renamed.
#include "race/runtime/names.hpp"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "race/runtime/channel.hpp"
#include "race/runtime/real.hpp"

using namespace ipclab::race;

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

void changes() {
  if (!watched()) return;
  const Inside inside;
  release(names());
}

int learns(int result) {
  if (result < 0 || !watched()) return result;
  const Inside inside;
  acquire(names());
  return result;
}

using Open = int(const char*, int, mode_t);

int opened(Real<Open>& real, const char* path, int flags, mode_t mode) {
  if (flags & O_CREAT) changes();
  return learns(real(path, flags, mode));
}

}  // namespace

#define OPENS(name)                                  \
  ENTRY int name(const char* path, int flags, ...) { \
    static constinit Real<Open> real(#name);         \
    va_list list;                                    \
    va_start(list, flags);                           \
    const mode_t mode = va_arg(list, mode_t);        \
    va_end(list);                                    \
    return opened(real, path, flags, mode);          \
  }
OPENS(open)
OPENS(open64)

IPCLAB_INTERPOSE(int, unlink, const char*)(const char* path) {
  changes();
  return learns(real_unlink(path));
}
IPCLAB_INTERPOSE(int, rename, const char*, const char*)(const char* from, const char* to) {
  changes();
  return learns(real_rename(from, to));
}
IPCLAB_INTERPOSE(int, link, const char*, const char*)(const char* from, const char* to) {
  changes();
  return learns(real_link(from, to));
}
IPCLAB_INTERPOSE(int, symlink, const char*, const char*)(const char* from, const char* to) {
  changes();
  return learns(real_symlink(from, to));
}
IPCLAB_INTERPOSE(int, remove, const char*)(const char* path) {
  changes();
  return learns(real_remove(path));
}
IPCLAB_INTERPOSE(int, creat, const char*, mode_t)(const char* path, mode_t mode) {
  changes();
  return learns(real_creat(path, mode));
}
IPCLAB_INTERPOSE(int, mkdir, const char*, mode_t)(const char* path, mode_t mode) {
  changes();
  return learns(real_mkdir(path, mode));
}
IPCLAB_INTERPOSE(int, rmdir, const char*)(const char* path) {
  changes();
  return learns(real_rmdir(path));
}
IPCLAB_INTERPOSE(int, stat, const char*, struct stat*)(const char* path, struct stat* status) {
  return learns(real_stat(path, status));
}
IPCLAB_INTERPOSE(int, lstat, const char*, struct stat*)(const char* path, struct stat* status) {
  return learns(real_lstat(path, status));
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
  return learns(real_access(path, mode));
}
