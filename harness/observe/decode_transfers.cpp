// Waits in a call that moves bytes, messages or connections through a descriptor, or makes one.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "observe/decoder.hpp"

namespace ipclab::observe {

/// Of a socket whose calls end by themselves after a time, which is not among their arguments.
void Decoder::socket_option(bool writing) {
  const auto& all = context_.process.descriptors;
  const auto found = std::ranges::find(all, fd(), &Descriptor::fd);
  if (found == all.end()) return;
  // A UDP socket that has not been bound yet is in no table, so the kind does not tell.
  if (!context_.objects.at(found->object).identity.starts_with("socket:")) return;
  if (const auto seconds = socket_time_out(pid_, fd(), writing)) time_out(*seconds);
}

/// open(2) sleeps on a FIFO until the other side opens it. The path is the process's own: seen through its
/// root.
void Decoder::open_fifo(int directory, std::uint64_t path_address) {
  const std::string path = read_text(pid_, path_address);
  const std::string seen = path.starts_with('/')   ? fmt::format("/proc/{}/root{}", pid_, path)
                           : directory == AT_FDCWD ? fmt::format("/proc/{}/cwd/{}", pid_, path)
                                                   : fmt::format("/proc/{}/fd/{}/{}", pid_, directory, path);
  struct stat status {};
  if (::stat(seen.c_str(), &status) != 0 || !S_ISFIFO(status.st_mode)) return;
  const int index = context_.objects.find_or_make(
      fmt::format("file:{}:{}:{}", major(status.st_dev), minor(status.st_dev), status.st_ino),
      ObjectKind::fifo, std::filesystem::path(path).filename());
  target(index, Need::partner);
}

bool Decoder::transfers() {
  switch (thread_.number) {
    case SYS_read:
    case SYS_readv:
    case SYS_pread64:
    case SYS_preadv:
    case SYS_preadv2:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_recvmmsg:
    case SYS_accept:
    case SYS_accept4:
      wait_.fd = fd();
      descriptor(fd(), false);
      socket_option(false);
      break;
    case SYS_write:
    case SYS_writev:
    case SYS_pwrite64:
    case SYS_pwritev:
    case SYS_pwritev2:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_sendmmsg:
    case SYS_connect:
    case SYS_vmsplice:
      wait_.fd = fd();
      descriptor(fd(), true);
      socket_option(true);
      break;
    case SYS_sendfile:
      wait_.fd = fd();
      descriptor(fd(0), true);
      descriptor(fd(1), false);
      break;
    case SYS_splice:
      wait_.fd = fd();
      descriptor(fd(0), false);
      descriptor(fd(2), true);
      break;
    case SYS_tee:
      descriptor(fd(0), false);
      descriptor(fd(1), true);
      break;
    case SYS_open:
      open_fifo(AT_FDCWD, argument(0));
      break;
    case SYS_openat:
    case SYS_openat2:
      open_fifo(fd(), argument(1));
      break;
    case SYS_mq_timedreceive:
      wait_.fd = fd();
      descriptor(fd(), false);
      deadline(argument(4), CLOCK_REALTIME);
      break;
    case SYS_mq_timedsend:
      wait_.fd = fd();
      descriptor(fd(), true);
      deadline(argument(4), CLOCK_REALTIME);
      break;
    default:
      return false;
  }
  return true;
}

}  // namespace ipclab::observe
