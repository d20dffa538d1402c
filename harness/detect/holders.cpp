#include "detect/holders.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "detect/words.hpp"

namespace ipclab::detect {
namespace {

bool has_end(const Descriptor& descriptor, End end) {
  switch (end) {
    case End::reading:
      return descriptor.reads;
    case End::writing:
      return descriptor.writes;
    case End::any:
      return true;
  }
  return true;
}

template <typename Predicate>
std::vector<Holder> holders_if(const Snapshot& snapshot, Predicate predicate) {
  std::vector<Holder> found;
  for (const Process& process : snapshot.processes) {
    if (ended(process)) continue;
    Holder holder{&process, {}};
    for (const Descriptor& descriptor : process.descriptors)
      if (predicate(descriptor)) holder.fds.push_back(descriptor.fd);
    if (!holder.fds.empty()) found.push_back(std::move(holder));
  }
  return found;
}

}  // namespace

bool same_object(const Snapshot& snapshot, int one, int other) {
  if (one == other) return true;
  const Object *a = object_of(snapshot, {one, {}}), *b = object_of(snapshot, {other, {}});
  return a && b && !a->identity.empty() && a->identity == b->identity;
}

std::vector<Holder> holders(const Snapshot& snapshot, int object, End end) {
  return holders_if(snapshot, [&](const Descriptor& descriptor) {
    return has_end(descriptor, end) && same_object(snapshot, descriptor.object, object);
  });
}

std::vector<Holder> peer_holders(const Snapshot& snapshot, const Object& object) {
  if (object.peer.empty()) return {};
  return holders_if(snapshot, [&](const Descriptor& descriptor) {
    const Object* other = object_of(snapshot, {descriptor.object, {}});
    return other && other->identity == object.peer;
  });
}

std::vector<Holder> enders(const Snapshot& snapshot, const Target& target) {
  const Object* object = object_of(snapshot, target);
  if (!object) return {};
  if (is_socket(object->kind)) return peer_holders(snapshot, *object);
  return holders(snapshot, target.object, target.need == Need::space ? End::reading : End::writing);
}

std::vector<std::string> sharers(const Snapshot& snapshot, const Object& object, const Process& but) {
  std::vector<std::string> names;
  for (const int pid : object.mapped_by)
    if (const Process* process = snapshot.find(pid); process && process != &but && !ended(*process))
      names.push_back(process->name);
  return names;
}

bool is_pipe(ObjectKind kind) { return kind == ObjectKind::pipe || kind == ObjectKind::fifo; }

bool is_socket(ObjectKind kind) {
  return kind == ObjectKind::unix_socket || kind == ObjectKind::tcp_socket ||
         kind == ObjectKind::udp_socket || kind == ObjectKind::raw_socket;
}

std::string describe(const std::vector<Holder>& holders) {
  if (holders.empty()) return "nobody";
  std::vector<std::string> parts;
  for (const Holder& holder : holders) {
    std::vector<std::string> fds;
    for (const int fd : holder.fds) fds.push_back(std::to_string(fd));
    parts.push_back(
        fmt::format("{} ({} {})", holder.process->name, fds.size() == 1 ? "fd" : "fds", enumeration(fds, 6)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace ipclab::detect
