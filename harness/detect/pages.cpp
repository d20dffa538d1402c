// Where to read on about a wait that never ends.

#include "detect/holders.hpp"
#include "detect/knot.hpp"
#include "detect/words.hpp"
#include "model/cause.hpp"

namespace ipclab::detect {
namespace {

std::string page_of(const Object& object, const Target& target, const std::string& cause) {
  const bool gives = target.need == Need::space || target.need == Need::room;
  switch (object.kind) {
    case ObjectKind::pipe:
      return cause == cause::kPipesFull ? "pipe(7), \"Pipe capacity\""
                                        : "pipe(7), \"I/O on pipes and FIFOs\"";
    case ObjectKind::fifo:
      return target.need == Need::partner ? "fifo(7)" : "pipe(7), \"I/O on pipes and FIFOs\"";
    case ObjectKind::posix_queue:
      return gives ? "mq_send(3)" : "mq_receive(3)";
    case ObjectKind::sysv_queue:
      return "msgop(2)";
    case ObjectKind::sysv_semaphore:
      return "semop(2)";
    case ObjectKind::semaphore:
      return cause == cause::kPrivateWait ? "sem_init(3)" : "sem_overview(7)";
    case ObjectKind::mutex:
      if (cause == cause::kPrivateWait) return "pthread_mutexattr_setpshared(3)";
      return cause == cause::kDeadOwner ? "pthread_mutexattr_setrobust(3)" : "pthread_mutex_lock(3)";
    case ObjectKind::condition:
      return "pthread_cond_wait(3)";
    case ObjectKind::rwlock:
      return "pthread_rwlock_wrlock(3)";
    case ObjectKind::barrier:
      return "pthread_barrier_wait(3)";
    case ObjectKind::futex:
      return "futex(7)";
    case ObjectKind::file_lock:
      return cause == cause::kSelfLock ? "flock(2)" : "fcntl(2), \"Advisory record locking\"";
    case ObjectKind::unix_socket:
    case ObjectKind::tcp_socket:
    case ObjectKind::udp_socket:
    case ObjectKind::raw_socket:
      if (target.need == Need::connection) return object.listening ? "accept(2)" : "connect(2)";
      return gives ? "send(2)" : "recv(2)";
    case ObjectKind::eventfd:
      return "eventfd(2)";
    case ObjectKind::signalfd:
    case ObjectKind::signal:
      return "signal(7)";
    case ObjectKind::child:
      return "wait(2)";
    case ObjectKind::thread:
      return "pthread_join(3)";
    case ObjectKind::terminal:
    case ObjectKind::file:
    case ObjectKind::timerfd:
    case ObjectKind::epoll:
    case ObjectKind::shared_memory:
    case ObjectKind::other:
      return "";
  }
  return "";
}

}  // namespace

std::vector<std::string> pages(const Diagnosis& diagnosis, const Snapshot& snapshot) {
  const Object* object = object_of(snapshot, diagnosis.edge->target);
  const std::string page = object ? page_of(*object, diagnosis.edge->target, diagnosis.cause) : "";
  return page.empty() ? std::vector<std::string>() : std::vector<std::string>{page};
}

}  // namespace ipclab::detect
