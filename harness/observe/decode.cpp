#include "observe/decode.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <sstream>

#include "base/file.hpp"
#include "observe/calls.hpp"
#include "observe/futex.hpp"

namespace ipclab::observe {
namespace {

constexpr char kPidfd[] = "anon_inode:[pidfd]";

class Decoder {
 public:
  Decoder(const Context& context, const RawThread& thread)
      : context_(context), thread_(thread), pid_(context.process.pid) {}

  Wait decode();

 private:
  std::uint64_t argument(int n) const { return thread_.arguments[n]; }
  int fd(int n = 0) const { return static_cast<int>(argument(n)); }

  void descriptor(int fd, bool writing);
  bool pidfd(int fd);
  void end_of(int pid);
  void target(int object, Need need) { wait_.any_of.push_back({object, need}); }
  void time_out(double seconds) { wait_.time_out_seconds = std::max(0.0, seconds); }
  void socket_option(bool writing);
  void relative(std::uint64_t address);
  void deadline(std::uint64_t address, clockid_t clock);
  void milliseconds(std::uint64_t value) {
    if (static_cast<int>(value) >= 0) time_out(static_cast<int>(value) / 1e3);
  }
  void open_fifo(int directory, std::uint64_t path_address);
  void poll();
  void select();
  void epoll();
  void futex();
  void child(std::uint64_t idtype, std::int64_t id);
  void file_lock(bool whole_file);
  void semaphore_set();
  void system_v_queue(bool sending);

  const Context& context_;
  const RawThread& thread_;
  int pid_;
  Wait wait_;
};

void Decoder::descriptor(int fd, bool writing) {
  const auto& all = context_.process.descriptors;
  const auto found = std::ranges::find(all, fd, &Descriptor::fd);
  if (found == all.end()) return;
  if (context_.objects.at(found->object).name == kPidfd && pidfd(fd)) return;
  Need need = need_of(context_.objects.at(found->object).kind, writing);
  if (context_.objects.at(found->object).listening) need = Need::connection;
  target(found->object, need);
}

/// It is ready when its process has ended: "Pid:" in fdinfo, -1 by then (pidfd_open(2)). False: whose it is
/// cannot be told.
bool Decoder::pidfd(int fd) {
  const std::string info = try_read_file(fmt::format("/proc/{}/fdinfo/{}", pid_, fd)).value_or("");
  const auto at = info.find("\nPid:");
  const int pid = at == std::string::npos ? 0 : std::atoi(info.c_str() + at + 5);
  const auto process = std::ranges::find(context_.tree, pid, &RawProcess::pid);
  const bool known = process != context_.tree.end();
  if (known && !process->zombie) end_of(pid);
  else if (known || pid < 0) time_out(0);
  return known || pid < 0;
}

/// Of a socket whose calls end by themselves after a time, which is not among their arguments.
void Decoder::socket_option(bool writing) {
  const auto& all = context_.process.descriptors;
  const auto found = std::ranges::find(all, fd(), &Descriptor::fd);
  if (found == all.end()) return;
  const ObjectKind kind = context_.objects.at(found->object).kind;
  if (kind != ObjectKind::unix_socket && kind != ObjectKind::tcp_socket && kind != ObjectKind::udp_socket &&
      kind != ObjectKind::raw_socket)
    return;
  if (const auto seconds = socket_time_out(pid_, fd(), writing)) time_out(*seconds);
}

void Decoder::relative(std::uint64_t address) {
  if (!address) return;
  if (const auto time = read_value<timespec>(pid_, address))
    time_out(static_cast<double>(time->tv_sec) + static_cast<double>(time->tv_nsec) / 1e9);
}

void Decoder::deadline(std::uint64_t address, clockid_t clock) {
  if (!address) return;
  timespec now{};
  ::clock_gettime(clock, &now);
  if (const auto time = read_value<timespec>(pid_, address))
    time_out(static_cast<double>(time->tv_sec - now.tv_sec) +
             static_cast<double>(time->tv_nsec - now.tv_nsec) / 1e9);
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

void Decoder::poll() {
  const auto count = std::min<std::uint64_t>(argument(1), 1024);
  std::vector<pollfd> polled(count);
  if (count && !read_memory(pid_, argument(0), polled.data(), count * sizeof(pollfd))) return;
  for (const pollfd& entry : polled) {
    if (entry.fd < 0) continue;
    if (entry.events & (POLLIN | POLLRDNORM)) descriptor(entry.fd, false);
    if (entry.events & (POLLOUT | POLLWRNORM)) descriptor(entry.fd, true);
    if (!(entry.events & (POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM))) descriptor(entry.fd, false);
  }
}

void Decoder::select() {
  const auto count = std::min<std::uint64_t>(argument(0), FD_SETSIZE);
  for (const bool writing : {false, true}) {
    fd_set set;
    FD_ZERO(&set);
    const std::uint64_t address = argument(writing ? 2 : 1);
    if (!address || !read_memory(pid_, address, &set, sizeof set)) continue;
    for (int fd = 0; fd < static_cast<int>(count); ++fd)
      if (FD_ISSET(fd, &set)) descriptor(fd, writing);
  }
}

/// fdinfo of an epoll descriptor: "tfd: 5 events: 19 …" (proc_pid_fdinfo(5)).
void Decoder::epoll() {
  std::istringstream lines(try_read_file(fmt::format("/proc/{}/fdinfo/{}", pid_, fd())).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    int watched = -1;
    unsigned events = 0;
    if (std::sscanf(line.c_str(), "tfd: %d events: %x", &watched, &events) != 2) continue;
    if (events & POLLIN) descriptor(watched, false);
    if (events & POLLOUT) descriptor(watched, true);
  }
}

void Decoder::futex() {
  const auto is_own_thread = [&](int inner) {
    const auto outer = context_.outer.find(inner);
    return outer != context_.outer.end() && std::ranges::find(context_.process.threads, outer->second,
                                                              &Thread::tid) != context_.process.threads.end();
  };
  const FutexWait futex = classify_futex(pid_, thread_, context_.maps, is_own_thread);
  if (futex.time_out_seconds) time_out(*futex.time_out_seconds);
  const Place place = place_of(pid_, futex.address, context_.maps);
  std::string name = place.name.starts_with("sem ") ? place.name : to_string(futex.kind);
  if (futex.kind == ObjectKind::thread) name = "a thread";
  else if (!place.name.starts_with("sem ") && place.shared) name += " at " + place.name;
  const int index = context_.objects.find_or_make(futex.kind == ObjectKind::thread
                                                      ? fmt::format("thread:{}:{}", pid_, futex.joined_thread)
                                                      : place.identity,
                                                  futex.kind, name);
  Object& object = context_.objects.at(index);
  object.shared = place.shared;
  object.robust = futex.robust;
  object.owner_dead = futex.owner_died_marked;
  if (const int inner = futex.kind == ObjectKind::thread ? futex.joined_thread : futex.owner.value_or(0);
      inner) {
    const auto outer = context_.outer.find(inner);
    if (outer != context_.outer.end()) object.owner = outer->second;
    else object.owner_dead = true;
  }
  if (object.mapped_by.empty())
    for (const RawProcess& process : context_.tree)
      if (process.pid == pid_ || (place.shared && maps_memory(context_.maps_of(process.pid), place.memory)))
        object.mapped_by.push_back(process.pid);
  target(index, futex.need);
}

void Decoder::end_of(int pid) {
  const int index =
      context_.objects.find_or_make(fmt::format("process:{}", pid), ObjectKind::child, context_.name_of(pid));
  context_.objects.at(index).owner = pid;
  target(index, Need::exit);
}

void Decoder::child(std::uint64_t idtype, std::int64_t id) {
  for (const RawProcess& process : context_.tree) {
    if (process.parent != pid_) continue;
    if (idtype == P_PID && !process.zombie) {
      const auto outer = context_.outer.find(static_cast<int>(id));
      if (outer == context_.outer.end() || outer->second != process.pid) continue;
    }
    end_of(process.pid);
  }
  // A tracer learns of an end before the parent does (ptrace(2)): until then the child is a zombie, and the
  // parent still waits for it. A number inside names no zombie, so it is the one that is meant if no living
  // child is.
  const auto ended = [&](const Target& target) {
    const auto child =
        std::ranges::find(context_.tree, *context_.objects.at(target.object).owner, &RawProcess::pid);
    return child != context_.tree.end() && child->zombie;
  };
  const bool any = std::ranges::any_of(wait_.any_of, ended), all = std::ranges::all_of(wait_.any_of, ended);
  if (idtype == P_PID ? all : any) wait_.time_out_seconds = 0;
  else std::erase_if(wait_.any_of, ended);
}

void Decoder::file_lock(bool whole_file) {
  const auto& all = context_.process.descriptors;
  const auto found = std::ranges::find(all, fd(), &Descriptor::fd);
  if (found == all.end()) return;
  const std::string file = context_.objects.at(found->object).name;
  const auto locks = read_locks();
  const auto waiting = std::ranges::find_if(locks, [&](const LockLine& lock) {
    return lock.waiting && (lock.pid == pid_ || lock.pid == thread_.tid);
  });
  const auto held = waiting == locks.end() ? waiting : std::ranges::find_if(locks, [&](const LockLine& l) {
    return !l.waiting && l.id == waiting->id;
  });
  const std::string range =
      whole_file || held == locks.end()
          ? ""
          : fmt::format(" [{}, {}]", held->begin, held->end == "EOF" ? "end" : held->end);
  const std::string identity = held == locks.end()
                                   ? "lock:" + context_.objects.at(found->object).identity
                                   : fmt::format("lock:{}:{}:{}", held->file, held->pid, held->begin);
  const int index = context_.objects.find_or_make(identity, ObjectKind::file_lock,
                                                  fmt::format("lock on file {}{}", file, range));
  if (held != locks.end() && held->pid > 0) {
    const bool lives = std::ranges::find(context_.tree, held->pid, &RawProcess::pid) != context_.tree.end();
    if (lives) context_.objects.at(index).owner = held->pid;
    else context_.objects.at(index).outside_writes = true;
  }
  target(index, Need::unlock);
}

void Decoder::semaphore_set() {
  const auto count = std::min<std::uint64_t>(argument(2), 64);
  std::vector<sembuf> operations(count);
  if (!count || !read_memory(pid_, argument(1), operations.data(), count * sizeof(sembuf))) return;
  for (const sembuf& operation : operations) {
    if (operation.sem_op > 0) continue;
    target(
        context_.objects.find_or_make(fmt::format("sysv-semaphore:{}:{}", argument(0), operation.sem_num),
                                      ObjectKind::sysv_semaphore,
                                      fmt::format("semaphore {} of set {}", operation.sem_num, argument(0))),
        Need::post);
  }
}

void Decoder::system_v_queue(bool sending) {
  target(context_.objects.find_or_make(fmt::format("sysv-queue:{}", argument(0)), ObjectKind::sysv_queue,
                                       fmt::format("System V queue {}", argument(0))),
         sending ? Need::room : Need::message);
}

Wait Decoder::decode() {
  wait_.call = name_of_call(thread_.number);
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
    case SYS_msgrcv:
      system_v_queue(false);
      break;
    case SYS_msgsnd:
      system_v_queue(true);
      break;
    case SYS_semop:
      semaphore_set();
      break;
    case SYS_semtimedop:
      semaphore_set();
      relative(argument(3));
      break;
    case SYS_futex:
      futex();
      break;
    case SYS_fcntl:
      wait_.fd = fd();
      if (argument(1) == F_SETLKW || argument(1) == F_OFD_SETLKW) file_lock(false);
      break;
    case SYS_flock:
      wait_.fd = fd();
      file_lock(true);
      break;
    case SYS_poll:
      poll();
      milliseconds(argument(2));
      break;
    case SYS_ppoll:
      poll();
      relative(argument(2));
      break;
    case SYS_select:
      select();
      if (argument(4))
        if (const auto time = read_value<timeval>(pid_, argument(4)))
          time_out(static_cast<double>(time->tv_sec) + static_cast<double>(time->tv_usec) / 1e6);
      break;
    case SYS_pselect6:
      select();
      relative(argument(4));
      break;
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
      wait_.fd = fd();
      epoll();
      milliseconds(argument(3));
      break;
    case SYS_epoll_pwait2:
      wait_.fd = fd();
      epoll();
      relative(argument(3));
      break;
    case SYS_wait4:
      child(static_cast<int>(argument(0)) > 0 ? P_PID : P_ALL, static_cast<int>(argument(0)));
      break;
    case SYS_waitid:
      if (argument(0) == P_PIDFD && pidfd(static_cast<int>(argument(1)))) break;
      child(argument(0), static_cast<int>(argument(1)));
      break;
    case SYS_pause:
    case SYS_rt_sigsuspend:
    case SYS_rt_sigtimedwait:
      target(context_.objects.find_or_make(fmt::format("signal:{}", pid_), ObjectKind::signal, "a signal"),
             Need::signal);
      if (thread_.number == SYS_rt_sigtimedwait) relative(argument(2));
      break;
    case SYS_nanosleep:
      relative(argument(0));
      break;
    case SYS_clock_nanosleep: {
      const bool absolute = argument(1) & TIMER_ABSTIME;
      if (absolute) deadline(argument(2), static_cast<clockid_t>(argument(0)));
      else relative(argument(2));
      break;
    }
    case SYS_restart_syscall:  // a timed call that a stop has interrupted: how long is left is the kernel's
                               // secret
      time_out(0);
      break;
    default:
      break;
  }
  return wait_;
}

}  // namespace

Wait decode_wait(const Context& context, const RawThread& thread) {
  return Decoder(context, thread).decode();
}

bool only_sleeps(const Wait& wait) {
  return wait.time_out_seconds && wait.any_of.empty() &&
         (wait.call == "nanosleep" || wait.call == "clock_nanosleep" || wait.call == "restart_syscall" ||
          wait.call == "poll" || wait.call == "ppoll" || wait.call == "select" || wait.call == "pselect6" ||
          wait.call == "epoll_wait");
}

}  // namespace ipclab::observe
