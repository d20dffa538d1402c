#include "room/turn.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/syscall.hpp"

namespace ipclab::room {
namespace {

constexpr char kLock[] = "/tmp/ipclab-bare-room.lock";  // not TMPDIR: it is one for all users

Fd open_lock() {
  // Without O_CREAT first: fs.protected_regular (proc(5)) forbids it on another user's file in /tmp.
  Fd lock(::open(kLock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!lock) lock.reset(::open(kLock, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  return lock;
}

}  // namespace

std::shared_ptr<Fd> take_turn() {
  static std::weak_ptr<Fd> ours;
  if (auto turn = ours.lock()) return turn;
  Fd lock = open_lock();
  if (!lock || retried([&] { return ::flock(lock.get(), LOCK_EX); }) != 0) return nullptr;
  auto turn = std::make_shared<Fd>(std::move(lock));
  ours = turn;
  return turn;
}

}  // namespace ipclab::room
