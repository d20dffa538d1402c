#include "detect/remains.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "detect/words.hpp"
#include "model/cause.hpp"

namespace ipclab::detect {
namespace {

struct Lesson {
  std::string because, next;
};

/// How long such a thing lives, and what ends it.
Lesson lesson(LeftoverKind kind) {
  switch (kind) {
    case LeftoverKind::shared_memory_segment:
      return {
          "A System V segment stays until somebody marks it for removal and the last process has detached "
          "it; it "
          "does not end with the processes that used it.",
          "shmctl(2), IPC_RMID"};
    case LeftoverKind::semaphore_set:
      return {
          "A System V semaphore set stays until somebody removes it; it does not end with the processes that "
          "used "
          "it, and a system has room for only so many.",
          "semctl(2), IPC_RMID"};
    case LeftoverKind::message_queue:
      return {
          "A System V queue, with every message in it, stays until somebody removes it; it does not end with "
          "the "
          "processes that used it.",
          "msgctl(2), IPC_RMID"};
    case LeftoverKind::shared_memory_object:
      return {
          "A POSIX shared memory object or named semaphore is a file in /dev/shm. close() and munmap() let "
          "go of it; "
          "only unlinking its name lets it end.",
          "shm_unlink(3), sem_unlink(3)"};
    case LeftoverKind::posix_queue:
      return {
          "A POSIX queue, with every message in it, stays until somebody unlinks its name. mq_close() and "
          "the end of "
          "the process only close a descriptor.",
          "mq_unlink(3)"};
    case LeftoverKind::fifo:
      return {
          "A FIFO is a name in the file system. It stays there when nobody has it open, until it is "
          "unlinked.",
          "fifo(7), unlink(2)"};
    case LeftoverKind::socket_file:
      return {
          "bind() makes a file for the socket's address. It stays when the socket is closed, and the next "
          "bind() to "
          "it fails with EADDRINUSE, until it is unlinked.",
          "unix(7), \"Pathname sockets\""};
    case LeftoverKind::file:
      return {"A file stays until its last name is unlinked and nobody has it open.", "unlink(2)"};
    case LeftoverKind::process:
      return {"A process goes on when the one that started it has ended: nobody waits for it any more.",
              "wait(2)"};
  }
  return {};
}

/// The ledger knows a named semaphore as the file that it is.
std::string name_of(const Leftover& leftover) {
  const bool semaphore =
      leftover.kind == LeftoverKind::shared_memory_object && leftover.name.starts_with("sem /");
  return semaphore ? "named semaphore " + leftover.name.substr(4)
                   : fmt::format("{} {}", to_string(leftover.kind), leftover.name);
}

Finding left(const Leftover& leftover) {
  const bool process = leftover.kind == LeftoverKind::process;
  Lesson words = lesson(leftover.kind);
  return {process ? cause::kOrphan : cause::kLeftBehind,
          "nothing is left when the last program has ended",
          fmt::format("the {} is still there", name_of(leftover)),
          {},
          std::move(words.because),
          {std::move(words.next)}};
}

std::string descriptor_words(const Snapshot& snapshot, const Descriptor& descriptor) {
  const Object* object = object_of(snapshot, {descriptor.object, {}});
  if (!object) return "open";
  const bool one_way = object->kind == ObjectKind::pipe || object->kind == ObjectKind::fifo;
  if (!one_way || descriptor.reads == descriptor.writes) return object->name;
  return fmt::format("{} end of {}", descriptor.reads ? "read" : "write", object->name);
}

std::vector<std::string> numbers(const std::vector<int>& fds) {
  std::vector<std::string> text;
  for (const int fd : fds) text.push_back(std::to_string(fd));
  return text;
}

}  // namespace

std::vector<Finding> left_behind(const Ledger& before, const Ledger& now,
                                 const std::vector<std::string>& kept) {
  std::vector<Finding> found;
  for (const Leftover& leftover : now) {
    const bool is_new = std::ranges::find(before, leftover) == before.end();
    if (is_new && std::ranges::find(kept, leftover.name) == kept.end()) found.push_back(left(leftover));
  }
  return found;
}

std::vector<Finding> zombies(const Snapshot& snapshot) {
  std::vector<Finding> found;
  for (const Process& process : snapshot.processes) {
    const Process* parent = process.zombie ? snapshot.find(process.parent) : nullptr;
    if (!parent || ended(*parent)) continue;
    found.push_back(
        {cause::kZombie,
         "every child is waited for by its parent",
         fmt::format("{} has ended, and {} has not waited for it", process.name, parent->name),
         {{process.name, "has ended (zombie)", ""},
          {parent->name, "is " + activity_sentence(snapshot, *parent), ""}},
         "An ended child stays in the process table, as a zombie, until its parent has asked how it ended. "
         "A parent that never asks fills the table, and never learns of a child's failure.",
         {"wait(2), \"NOTES\""}});
  }
  return found;
}

std::optional<Finding> leaked_descriptors(const Snapshot& snapshot, int pid,
                                          const std::vector<int>& allowed) {
  const Process* process = snapshot.find(pid);
  if (!process) return std::nullopt;
  std::vector<int> surplus;
  std::vector<Row> table;
  for (const Descriptor& descriptor : process->descriptors) {
    if (std::ranges::find(allowed, descriptor.fd) != allowed.end()) continue;
    surplus.push_back(descriptor.fd);
    table.push_back({fmt::format("fd {}", descriptor.fd), descriptor_words(snapshot, descriptor),
                     descriptor.close_on_exec ? "close-on-exec" : ""});
  }
  if (surplus.empty()) return std::nullopt;
  const std::string only =
      allowed.empty() ? "no descriptor" : "descriptors " + enumeration(numbers(allowed), 8);
  return Finding{
      cause::kDescriptorLeak,
      fmt::format("{} has {} open{}", process->name, only, allowed.empty() ? "" : ", and no other"),
      fmt::format("{} has {} open too", process->name, enumeration(numbers(surplus), 8)),
      std::move(table),
      "fork() copies every open descriptor into the child, and exec keeps all that are not marked "
      "close-on-exec. Whoever keeps an end that is not its own keeps others waiting for it to close.",
      {"fork(2)", "open(2), O_CLOEXEC"}};
}

}  // namespace ipclab::detect
