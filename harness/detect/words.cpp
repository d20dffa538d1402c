#include "detect/words.hpp"

#include <fmt/format.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <span>

namespace ipclab::detect {
namespace {

using Group = std::vector<std::string_view>;

/// Functions and system calls that wait in the same way. The first name is the one that people read.
const std::vector<Group>& groups() {
  static const std::vector<Group> kGroups = {
      {"read", "readv", "pread", "pread64", "preadv", "preadv2"},
      {"write", "writev", "pwrite", "pwrite64", "pwritev", "pwritev2"},
      {"open", "openat", "openat2", "creat", "open64"},
      {"waitpid", "wait", "wait3", "wait4", "waitid"},
      {"accept", "accept4"},
      {"recv", "recvfrom", "recvmsg", "recvmmsg"},
      {"send", "sendto", "sendmsg", "sendmmsg"},
      {"poll", "ppoll"},
      {"select", "pselect", "pselect6"},
      {"epoll_wait", "epoll_pwait", "epoll_pwait2"},
      {"mq_receive", "mq_timedreceive"},
      {"mq_send", "mq_timedsend"},
      {"semop", "semtimedop"},
      {"sem_wait", "sem_timedwait", "sem_clockwait"},
      {"pthread_mutex_lock", "pthread_mutex_timedlock", "pthread_mutex_clocklock"},
      {"pthread_cond_wait", "pthread_cond_timedwait", "pthread_cond_clockwait"},
      {"pthread_rwlock_rdlock", "pthread_rwlock_timedrdlock", "pthread_rwlock_clockrdlock"},
      {"pthread_rwlock_wrlock", "pthread_rwlock_timedwrlock", "pthread_rwlock_clockwrlock"},
      {"pthread_join", "pthread_timedjoin_np", "pthread_clockjoin_np"},
      {"sigsuspend", "rt_sigsuspend"},
      {"sigwait", "sigwaitinfo", "sigtimedwait", "rt_sigtimedwait"},
      {"clock_nanosleep", "nanosleep", "sleep", "usleep"},
      {"fcntl", "fcntl64", "lockf"},
  };
  return kGroups;
}

const Group* group_of(std::string_view call) {
  const auto found = std::ranges::find_if(
      groups(), [&](const Group& group) { return std::ranges::find(group, call) != group.end(); });
  return found == groups().end() ? nullptr : &*found;
}

bool same_call(std::string_view one, std::string_view other) {
  if (one == other) return true;
  const Group* group = group_of(one);
  return group && group == group_of(other);
}

/// The functions behind a futex wait for such a thing, first the most usual.
std::span<const std::string_view> futex_functions(Need need) {
  static constexpr std::array<std::string_view, 1> kSignal = {"pthread_cond_wait"}, kPost = {"sem_wait"},
                                                   kExit = {"pthread_join"}, kWake = {"pthread_barrier_wait"};
  static constexpr std::array<std::string_view, 3> kUnlock = {"pthread_mutex_lock", "pthread_rwlock_rdlock",
                                                              "pthread_rwlock_wrlock"};
  switch (need) {
    case Need::signal:
      return kSignal;
    case Need::post:
      return kPost;
    case Need::exit:
      return kExit;
    case Need::wake:
      return kWake;
    case Need::unlock:
      return kUnlock;
    default:
      return {};
  }
}

std::string signal_word(int number) {
  const char* name = ::sigabbrev_np(number);
  return name ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

/// "on pipe A", "on pipe A or pipe B", "for child 2"
std::string objects_of(const Snapshot& snapshot, const Wait& wait) {
  std::vector<std::string> names;
  bool all_for = true;
  for (const Target& target : wait.any_of) {
    const Object* object = object_of(snapshot, target);
    if (!object) continue;
    const bool is_aim = object->kind == ObjectKind::signal || object->kind == ObjectKind::file_lock;
    all_for &= target.need == Need::exit || is_aim;
    if (std::string name = title(*object); std::ranges::find(names, name) == names.end())
      names.push_back(std::move(name));
  }
  return names.empty() ? "" : (all_for ? " for " : " on ") + enumeration(names, 4, "or");
}

std::string blocked_sentence(const Snapshot& snapshot, const Wait& wait) {
  const std::string call = wait.call.empty() ? "" : " in " + call_name(wait);
  return fmt::format("blocked{}{}{}", call, objects_of(snapshot, wait),
                     wait.time_out_seconds ? " with a time-out" : "");
}

const Thread* thread_with(const Process& process, Activity activity) {
  const auto found = std::ranges::find(process.threads, activity, &Thread::activity);
  return found == process.threads.end() ? nullptr : &*found;
}

std::string owner_name(const Snapshot& snapshot, const Object& object) {
  return object.owner ? who(snapshot, *object.owner) : std::string();
}

std::string end_phrase(const Snapshot& snapshot, const Object& object) {
  const bool is_thread = object.kind == ObjectKind::thread;
  std::string name = is_thread ? std::string() : owner_name(snapshot, object);
  if (name.empty()) name = object.name.empty() ? (is_thread ? "a thread" : "a child") : object.name;
  return fmt::format("waits for {} to {}", name, is_thread ? "end" : "exit");
}

std::string unlock_phrase(const Snapshot& snapshot, const Object& object, const Thread& waiter,
                          bool with_object) {
  const std::string lock = with_object ? title(object) : "it";
  if (object.owner_dead)
    return fmt::format("waits for {}, whose owner has ended", with_object ? lock : "a lock");
  if (object.owner == waiter.tid)
    return fmt::format("waits for {}, which it holds itself", with_object ? lock : "a lock");
  const std::string owner = owner_name(snapshot, object);
  if (owner.empty()) return "waits for " + (with_object ? lock : "a lock");
  return fmt::format("waits for {} to unlock {}", owner, lock);
}

std::string target_phrase(const Snapshot& snapshot, const Target& target, const Thread& waiter,
                          bool with_object) {
  const Object* object = object_of(snapshot, target);
  if (!object) return "waits";
  switch (target.need) {
    case Need::data:
      if (object->kind == ObjectKind::timerfd) return "waits for a timer";
      if (object->kind == ObjectKind::signalfd) return "waits for a signal";
      if (object->kind == ObjectKind::eventfd) return "waits for an event";
      return "waits for input";
    case Need::space:
      return object->kind == ObjectKind::unix_socket && waits_in(waiter, "connect")
                 ? "waits for room among those who wait to be accepted"
                 : "waits for room to write";
    case Need::partner:
      return "waits for somebody to open the other side";
    case Need::connection:
      return object->listening ? "waits for a client" : "waits for the server to accept";
    case Need::message:
      return "waits for a message" + of_type(target);
    case Need::room:
      return "waits for room in the queue";
    case Need::unlock:
      return unlock_phrase(snapshot, *object, waiter, with_object);
    case Need::signal:
      return object->kind == ObjectKind::condition ? "waits to be signalled" : "waits for a signal";
    case Need::post:
      return object->kind == ObjectKind::sysv_semaphore ? "waits for the semaphore" : "waits for a post";
    case Need::exit:
      return end_phrase(snapshot, *object);
    case Need::wake:
      return object->kind == ObjectKind::barrier ? "waits for the others at the barrier"
                                                 : "waits to be woken";
  }
  return "waits";
}

}  // namespace

std::string title(const Object& object) {
  return (object.kind == ObjectKind::file_lock ? "the " : "") + object.name;
}

const Object* object_of(const Snapshot& snapshot, const Target& target) {
  const auto index = static_cast<std::size_t>(target.object);
  return target.object < 0 || index >= snapshot.objects.size() ? nullptr : &snapshot.objects[index];
}

bool ended(const Process& process) {
  return process.zombie || process.activity == Activity::exited || process.activity == Activity::killed;
}

std::string enumeration(const std::vector<std::string>& names, std::size_t most, std::string_view last) {
  if (names.size() > most)
    return fmt::format("{} {} {} more",
                       fmt::join(names.begin(), names.begin() + static_cast<long>(most - 1), ", "), last,
                       names.size() - most + 1);
  if (names.size() < 2) return names.empty() ? "" : names.front();
  return fmt::format("{} {} {}", fmt::join(names.begin(), names.end() - 1, ", "), last, names.back());
}

std::string call_name(const Wait& wait) {
  if (!wait.function.empty()) return wait.function;
  if (wait.call == "futex" && !wait.any_of.empty())
    if (const auto functions = futex_functions(wait.any_of.front().need); functions.size() == 1)
      if (wait.any_of.front().need != Need::wake) return std::string(functions.front());
  const Group* group = group_of(wait.call);
  return group ? std::string(group->front()) : wait.call;
}

bool waits_in(const Thread& thread, std::string_view call) {
  const Wait& wait = thread.wait;
  if (same_call(call, wait.call) || (!wait.function.empty() && same_call(call, wait.function))) return true;
  if (wait.call != "futex") return false;
  return std::ranges::any_of(wait.any_of, [&](const Target& target) {
    return std::ranges::any_of(futex_functions(target.need),
                               [&](std::string_view function) { return same_call(call, function); });
  });
}

bool waits_on(const Snapshot& snapshot, const Thread& thread, std::string_view object) {
  return std::ranges::any_of(thread.wait.any_of, [&](const Target& target) {
    const Object* found = object_of(snapshot, target);
    return found && (object.empty() || found->name == object || to_string(found->kind) == object ||
                     found->name.starts_with(std::string(object) + " "));
  });
}

std::string who(const Snapshot& snapshot, int tid) {
  const Process* process = snapshot.find_by_thread(tid);
  if (!process) process = snapshot.find(tid);
  if (!process) return "";
  if (process->threads.size() < 2) return process->name;
  const auto at = std::ranges::find(process->threads, tid, &Thread::tid) - process->threads.begin();
  return fmt::format("{}, thread {}", process->name, at + 1);
}

std::string of_type(const Target& target) {
  if (!target.type) return "";
  if (target.except_type) return fmt::format(" of another type than {}", *target.type);
  return *target.type > 0 ? fmt::format(" of type {}", *target.type)
                          : fmt::format(" of type {} or less", -*target.type);
}

std::string wait_phrase(const Snapshot& snapshot, const Thread& thread, bool with_object) {
  std::vector<std::string> phrases;
  for (const Target& target : thread.wait.any_of) {
    std::string phrase = target_phrase(snapshot, target, thread, with_object);
    if (!phrases.empty() && phrase.starts_with("waits ")) phrase.erase(0, 6);
    const auto same = [&](const std::string& other) { return other == phrase || other == "waits " + phrase; };
    if (std::ranges::none_of(phrases, same)) phrases.push_back(std::move(phrase));
  }
  return phrases.empty() ? "waits" : enumeration(phrases, 4, "or");
}

std::string activity_sentence(const Snapshot& snapshot, const Thread& thread) {
  const std::string call = thread.wait.call.empty() ? "" : " in " + call_name(thread.wait);
  switch (thread.activity) {
    case Activity::blocked:
      return blocked_sentence(snapshot, thread.wait);
    case Activity::sleeping:
      return "asleep for a time" + call;
    case Activity::polling:
      return "waking again and again to look (polling" + call + ")";
    case Activity::spinning:
      return "burning CPU (spinning)";
    case Activity::stopped:
      return "stopped by a signal";
    case Activity::running:
    case Activity::exited:
    case Activity::killed:
      return "running";
  }
  return "?";
}

std::string activity_sentence(const Snapshot& snapshot, const Process& process) {
  if (process.held) return "held at a system call by the check";
  if (process.activity == Activity::exited)
    return fmt::format("at its end (exit status {})", process.exit_code);
  if (process.activity == Activity::killed) return "ended by " + signal_word(process.signal);
  const Thread* thread = thread_with(process, process.activity);
  return activity_sentence(snapshot, thread ? *thread : Thread{0, process.activity, {}, 0});
}

}  // namespace ipclab::detect
