// The table under "observed": what every thread does, and what is known of what it waits for.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "detect/holders.hpp"
#include "detect/stuck.hpp"
#include "detect/words.hpp"

namespace ipclab::detect {
namespace {

std::string how(const Snapshot& snapshot, const Thread& thread) {
  const Wait& wait = thread.wait;
  std::string text = call_name(wait);
  if (!text.empty() && wait.fd >= 0) text += fmt::format("({})", wait.fd);
  std::vector<std::string> names;
  for (const Target& target : wait.any_of) {
    const Object* object = object_of(snapshot, target);
    if (!object || target.need == Need::exit || object->kind == ObjectKind::signal || object->name.empty())
      continue;
    if (std::ranges::find(names, object->name) == names.end()) names.push_back(object->name);
  }
  if (!names.empty()) text += fmt::format("{}{}", text.empty() ? "" : ", ", enumeration(names, 4, "or"));
  if (wait.time_out_seconds && thread.activity == Activity::blocked) text += ", with a time-out";
  if (!wait.where.empty()) text += fmt::format("{}{}", text.empty() ? "" : ", ", wait.where);
  return text;
}

Row thread_row(const Snapshot& snapshot, const Process& process, const Thread& thread) {
  const std::string name = who(snapshot, thread.tid);
  if (process.held) return {name, "is held by the check", how(snapshot, thread)};
  switch (thread.activity) {
    case Activity::blocked:
      return {name, wait_phrase(snapshot, thread, false), how(snapshot, thread)};
    case Activity::sleeping:
      return {name, "sleeps for a time", how(snapshot, thread)};
    case Activity::polling:
      return {name, "wakes again and again to look", how(snapshot, thread)};
    case Activity::spinning:
      return {name, "burns CPU", ""};
    case Activity::stopped:
      return {name, "is stopped by a signal", ""};
    case Activity::running:
    case Activity::exited:
    case Activity::killed:
      return {name, "runs", ""};
  }
  return {name, "", ""};
}

std::string_view amount(Need need) { return need == Need::space || need == Need::room ? "full" : "empty"; }

std::string owner_words(const Snapshot& snapshot, const Object& object) {
  if (object.owner_dead) return "held by somebody who has ended";
  const std::string owner = object.owner ? who(snapshot, *object.owner) : "";
  return owner.empty() ? "held" : "held by " + owner;
}

std::string shared_by(const Snapshot& snapshot, const Object& object) {
  std::vector<std::string> names;
  for (const int pid : object.mapped_by)
    if (const Process* process = snapshot.find(pid); process && !ended(*process))
      names.push_back(process->name);
  return names.size() < 2 ? "" : "shared by: " + fmt::format("{}", fmt::join(names, ", "));
}

std::string both(const std::string& one, const std::string& other) {
  return one.empty() || other.empty() ? one + other : one + "; " + other;
}

std::string outsiders(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 3;
  if (names.empty()) return "a process outside";
  const auto shown =
      std::vector(names.begin(), names.begin() + static_cast<long>(std::min(names.size(), kMost)));
  return fmt::format("{}{} (outside)", fmt::join(shown, ", "), names.size() > kMost ? ", …" : "");
}

std::string end_words(const Snapshot& snapshot, const Target& target, const Object& object) {
  auto found = enders(snapshot, target);
  std::string text = describe(found);
  const bool space = target.need == Need::space;
  const bool watcher = space ? object.watcher_reads : object.watcher_writes;
  if (watcher && found.empty())
    return space ? "whoever takes the output has its read end" : "whoever gives input has its write end";
  if (!watcher && (space ? object.outside_reads : object.outside_writes)) {
    const std::string others = outsiders(space ? object.outside_readers : object.outside_writers);
    text = found.empty() ? others : text + ", " + others;
  }
  const std::string end = is_socket(object.kind) ? "other" : space ? "read" : "write";
  return fmt::format("its {} end is open in: {}", end, text);
}

std::string queue_words(const Object& object, const Target& target) {
  if (target.type) return "holds no message that is waited for";
  std::string text(amount(target.need));
  if (object.filled && object.capacity && target.need == Need::room)
    text += fmt::format(" ({} of {})", *object.filled, *object.capacity);
  return text;
}

/// What is known of an object that is waited for; empty: nothing that the rows of the processes do not say.
std::string object_words(const Snapshot& snapshot, const Target& target, const Object& object) {
  switch (object.kind) {
    case ObjectKind::pipe:
    case ObjectKind::fifo:
      if (target.need == Need::partner) return "nobody has its other side open";
      return both(std::string(amount(target.need)), end_words(snapshot, target, object));
    case ObjectKind::unix_socket:
    case ObjectKind::tcp_socket:
    case ObjectKind::udp_socket:
    case ObjectKind::raw_socket:
      if (object.listening) return "nobody is connecting";
      if (object.peer.empty()) return "nothing has arrived";
      if (object.pending) return "not accepted yet; could be by: " + describe(peer_holders(snapshot, object));
      return end_words(snapshot, target, object);
    case ObjectKind::posix_queue:
    case ObjectKind::sysv_queue:
      return queue_words(object, target);
    case ObjectKind::mutex:
    case ObjectKind::rwlock:
      return both(owner_words(snapshot, object), shared_by(snapshot, object));
    case ObjectKind::file_lock:
      return owner_words(snapshot, object);
    case ObjectKind::semaphore:
    case ObjectKind::sysv_semaphore:
      return both(object.filled ? fmt::format("its value is {}", *object.filled) : "",
                  shared_by(snapshot, object));
    case ObjectKind::condition:
    case ObjectKind::barrier:
    case ObjectKind::futex:
      return shared_by(snapshot, object);
    case ObjectKind::eventfd:
      return "its count is 0";
    case ObjectKind::terminal:
    case ObjectKind::file:
    case ObjectKind::timerfd:
    case ObjectKind::signalfd:
    case ObjectKind::epoll:
    case ObjectKind::shared_memory:
    case ObjectKind::child:
    case ObjectKind::thread:
    case ObjectKind::signal:
    case ObjectKind::other:
      return "";
  }
  return "";
}

/// A crowd that does the same thing is told by its first three.
std::vector<Row> crowds_shortened(std::vector<Row> rows) {
  constexpr std::size_t kMostRows = 20, kTold = 3;
  if (rows.size() <= kMostRows) return rows;
  std::map<std::pair<std::string, std::string>, std::size_t> seen;
  for (const Row& row : rows) ++seen[{row.what, row.how}];
  std::map<std::pair<std::string, std::string>, std::size_t> told;
  std::vector<Row> shorter;
  for (Row& row : rows) {
    const std::size_t all = seen[{row.what, row.how}], now = ++told[{row.what, row.how}];
    if (now <= kTold || all == kTold + 1) shorter.push_back(std::move(row));
    else if (now == kTold + 1)
      shorter.push_back({fmt::format("and {} more", all - kTold), row.what, row.how});
  }
  return shorter;
}

/// Of many objects with the same name (a server's connections with one client) the first three are told.
std::vector<Row> namesakes_shortened(std::vector<Row> rows) {
  constexpr std::size_t kTold = 3;
  std::map<std::string, std::size_t> seen, told;
  for (const Row& row : rows) ++seen[row.who];
  std::vector<Row> shorter;
  for (Row& row : rows) {
    const std::size_t all = seen[row.who], now = ++told[row.who];
    if (now <= kTold || all == kTold + 1) shorter.push_back(std::move(row));
    else if (now == kTold + 1) shorter.push_back({row.who, fmt::format("and {} more", all - kTold), ""});
  }
  return shorter;
}

}  // namespace

std::vector<Row> wait_table(const Snapshot& snapshot) {
  std::vector<Row> rows, objects;
  std::vector<int> told;
  const auto tell = [&](const Target& target) {
    const Object* object = object_of(snapshot, target);
    const auto same = [&](int other) { return same_object(snapshot, other, target.object); };
    if (!object || std::ranges::any_of(told, same)) return;
    told.push_back(target.object);
    if (std::string words = object_words(snapshot, target, *object); !words.empty())
      objects.push_back({object->name, std::move(words), ""});
  };
  for (const Process& process : snapshot.processes) {
    if (process.zombie) rows.push_back({process.name, "has ended, and nobody has waited for it", ""});
    if (ended(process)) continue;
    for (const Thread& thread : process.threads) {
      rows.push_back(thread_row(snapshot, process, thread));
      if (thread.activity == Activity::blocked) std::ranges::for_each(thread.wait.any_of, tell);
    }
  }
  rows = crowds_shortened(std::move(rows));
  objects = namesakes_shortened(std::move(objects));
  rows.insert(rows.end(), objects.begin(), objects.end());
  return rows;
}

}  // namespace ipclab::detect
