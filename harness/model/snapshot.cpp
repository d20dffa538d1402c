#include "model/snapshot.hpp"

#include <algorithm>

namespace ipclab {

const Process* Snapshot::find(int pid) const {
  const auto found = std::ranges::find(processes, pid, &Process::pid);
  return found == processes.end() ? nullptr : &*found;
}

const Process* Snapshot::find_by_thread(int tid) const {
  for (const Process& process : processes)
    if (std::ranges::find(process.threads, tid, &Thread::tid) != process.threads.end()) return &process;
  return nullptr;
}

std::string to_string(Activity activity) {
  switch (activity) {
    case Activity::running:
      return "running";
    case Activity::blocked:
      return "blocked";
    case Activity::sleeping:
      return "sleeping";
    case Activity::polling:
      return "polling";
    case Activity::spinning:
      return "spinning";
    case Activity::stopped:
      return "stopped";
    case Activity::exited:
      return "exited";
    case Activity::killed:
      return "killed";
  }
  return "?";
}

std::string to_string(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::pipe:
      return "pipe";
    case ObjectKind::fifo:
      return "fifo";
    case ObjectKind::terminal:
      return "terminal";
    case ObjectKind::file:
      return "file";
    case ObjectKind::posix_queue:
      return "posix_queue";
    case ObjectKind::sysv_queue:
      return "sysv_queue";
    case ObjectKind::sysv_semaphore:
      return "sysv_semaphore";
    case ObjectKind::semaphore:
      return "semaphore";
    case ObjectKind::mutex:
      return "mutex";
    case ObjectKind::condition:
      return "condition";
    case ObjectKind::rwlock:
      return "rwlock";
    case ObjectKind::barrier:
      return "barrier";
    case ObjectKind::futex:
      return "futex";
    case ObjectKind::file_lock:
      return "file_lock";
    case ObjectKind::unix_socket:
      return "unix_socket";
    case ObjectKind::tcp_socket:
      return "tcp_socket";
    case ObjectKind::udp_socket:
      return "udp_socket";
    case ObjectKind::raw_socket:
      return "raw_socket";
    case ObjectKind::eventfd:
      return "eventfd";
    case ObjectKind::timerfd:
      return "timerfd";
    case ObjectKind::signalfd:
      return "signalfd";
    case ObjectKind::epoll:
      return "epoll";
    case ObjectKind::shared_memory:
      return "shared_memory";
    case ObjectKind::child:
      return "child";
    case ObjectKind::thread:
      return "thread";
    case ObjectKind::signal:
      return "signal";
    case ObjectKind::other:
      return "other";
  }
  return "?";
}

std::string to_string(Need need) {
  switch (need) {
    case Need::data:
      return "data";
    case Need::space:
      return "space";
    case Need::partner:
      return "partner";
    case Need::connection:
      return "connection";
    case Need::message:
      return "message";
    case Need::room:
      return "room";
    case Need::unlock:
      return "unlock";
    case Need::signal:
      return "signal";
    case Need::post:
      return "post";
    case Need::exit:
      return "exit";
    case Need::wake:
      return "wake";
  }
  return "?";
}

}  // namespace ipclab
