// Literal worlds for detectors: a Snapshot in a few readable lines.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "detect/stuck.hpp"
#include "model/snapshot.hpp"

namespace ipclab {

class World {
 public:
  World() { snapshot.proved = true; }

  Snapshot snapshot;

  int object(ObjectKind kind, const std::string& name) {
    Object object;
    object.kind = kind;
    object.name = name;
    object.identity = "identity of " + name + " " + std::to_string(snapshot.objects.size());
    snapshot.objects.push_back(object);
    return static_cast<int>(snapshot.objects.size()) - 1;
  }
  int pipe(const std::string& name) { return object(ObjectKind::pipe, name); }
  Object& at(int object) { return snapshot.objects.at(static_cast<std::size_t>(object)); }

  /// Two sockets that are each other's peer.
  std::pair<int, int> connection(ObjectKind kind, const std::string& one, const std::string& other) {
    const int a = object(kind, one), b = object(kind, other);
    at(a).peer = at(b).identity;
    at(b).peer = at(a).identity;
    return {a, b};
  }

  /// A running process of one thread; its number, which is also the thread's.
  int process(const std::string& name, int parent = 1) {
    Process process;
    process.pid = next_ += 10;
    process.parent = parent;
    process.name = process.program = name;
    process.threads.push_back({process.pid, Activity::running, {}, 0});
    snapshot.processes.push_back(process);
    return process.pid;
  }
  Process& at_process(int pid) {
    for (Process& process : snapshot.processes)
      if (process.pid == pid) return process;
    throw std::logic_error("no such process in this world");
  }
  int add_thread(int pid) {
    auto& threads = at_process(pid).threads;
    threads.push_back({pid + static_cast<int>(threads.size()), Activity::running, {}, 0});
    return threads.back().tid;
  }
  Thread& at_thread(int tid) {
    for (Process& process : snapshot.processes)
      for (Thread& thread : process.threads)
        if (thread.tid == tid) return thread;
    throw std::logic_error("no such thread in this world");
  }

  void reads(int pid, int fd, int object) { open(pid, fd, object, true, false); }
  void writes(int pid, int fd, int object) { open(pid, fd, object, false, true); }
  void has(int pid, int fd, int object) { open(pid, fd, object, true, true); }

  void does(int tid, Activity activity, const std::string& call = "") {
    at_thread(tid).activity = activity;
    at_thread(tid).wait.call = call;
    for (Process& process : snapshot.processes)
      if (process.threads.front().tid == tid) process.activity = activity;
  }
  Wait& blocks(int tid, const std::string& call, int object, Need need, int fd = -1) {
    does(tid, Activity::blocked, call);
    Wait& wait = at_thread(tid).wait;
    wait.fd = fd;
    wait.any_of = {{object, need}};
    return wait;
  }
  void also(int tid, int object, Need need) { at_thread(tid).wait.any_of.push_back({object, need}); }

  /// `parent` waits for `child`.
  void waits_for(int parent, int child, const std::string& call = "wait4") {
    const int end = object(ObjectKind::child, at_process(child).name);
    at(end).owner = child;
    blocks(parent, call, end, Need::exit);
  }
  int mutex(const std::string& name, int owner) {
    const int mutex = object(ObjectKind::mutex, name);
    at(mutex).owner = owner;
    return mutex;
  }
  void locks(int tid, int mutex) {
    blocks(tid, "futex", mutex, Need::unlock).function = "pthread_mutex_lock";
  }
  void ends(int pid, int status = 0, bool zombie = true) {
    Process& process = at_process(pid);
    process.activity = Activity::exited;
    process.exit_code = status;
    process.zombie = zombie;
    process.threads.clear();
    process.descriptors.clear();
  }
  void maps(int object, std::vector<int> pids) {
    at(object).mapped_by = std::move(pids);
    at(object).shared = true;
  }

 private:
  void open(int pid, int fd, int object, bool reads, bool writes) {
    at_process(pid).descriptors.push_back({fd, object, reads, writes, false, false});
  }
  int next_ = 100;
};

/// The cause that a hang of this world is given; "" when it is none.
inline std::string cause_of(const World& world, bool everybody = true, int subject = 0) {
  const auto finding = detect::stuck(world.snapshot, everybody, subject);
  return finding ? finding->cause : "";
}

}  // namespace ipclab
