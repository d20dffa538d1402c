#include "observe/objects.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <mqueue.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstring>
#include <filesystem>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace ipclab::observe {
namespace {

constexpr long kMqueueMagic = 0x19800202;  // include/uapi/linux/magic.h does not have it: ipc/mqueue.c

std::string link_of(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t size = ::readlink(path.c_str(), target, sizeof target);
  return size < 0 ? "" : std::string(target, static_cast<std::size_t>(size));
}

std::vector<int> descriptors_of(int pid) {
  std::vector<int> fds;
  DIR* directory = ::opendir(fmt::format("/proc/{}/fd", pid).c_str());
  if (!directory) return fds;
  while (const dirent* entry = ::readdir(directory))
    if (entry->d_name[0] != '.') fds.push_back(std::atoi(entry->d_name));
  ::closedir(directory);
  std::ranges::sort(fds);
  return fds;
}

unsigned flags_of(int pid, int fd) {
  const std::string text = try_read_file(fmt::format("/proc/{}/fdinfo/{}", pid, fd)).value_or("");
  const auto at = text.find("flags:");
  return at == std::string::npos ? 0 : static_cast<unsigned>(std::strtoul(text.c_str() + at + 6, nullptr, 8));
}

bool is_number_in_brackets(const std::string& link, std::string_view prefix) {
  return link.starts_with(prefix);
}

std::uint64_t inode_in(const std::string& link) {
  const auto open = link.find('[');
  return open == std::string::npos ? 0 : std::strtoull(link.c_str() + open + 1, nullptr, 10);
}

std::string file_identity(const struct stat& status) {
  return fmt::format("file:{}:{}:{}", major(status.st_dev), minor(status.st_dev), status.st_ino);
}

/// Messages in the queue, and room for. Opening a queue once more disturbs nobody.
void read_queue(Object& object, const std::string& path) {
  const Fd queue(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  mq_attr attributes{};
  if (!queue || ::mq_getattr(queue.get(), &attributes) != 0) return;
  object.filled = attributes.mq_curmsgs;
  object.capacity = attributes.mq_maxmsg;
}

bool has_letter(const Object& object) { return object.name.empty(); }

}  // namespace

Need need_of(ObjectKind kind, bool writing) {
  if (kind == ObjectKind::posix_queue || kind == ObjectKind::sysv_queue)
    return writing ? Need::room : Need::message;
  if (kind == ObjectKind::semaphore || kind == ObjectKind::sysv_semaphore) return Need::post;
  return writing ? Need::space : Need::data;
}

Objects::Objects(Snapshot& snapshot, const std::set<int>& watchers, int sock_diag,
                 const std::map<std::string, int>& networks)
    : snapshot_(snapshot), watchers_(watchers), sock_diag_(sock_diag), networks_(networks) {}

int Objects::find_or_make(const std::string& identity, ObjectKind kind, const std::string& name) {
  const auto [entry, is_new] = by_identity_.try_emplace(identity, static_cast<int>(snapshot_.objects.size()));
  if (is_new) {
    Object object;
    object.kind = kind;
    object.name = name;
    object.identity = identity;
    snapshot_.objects.push_back(std::move(object));
  }
  return entry->second;
}

Socket Objects::socket_of(int pid, std::uint64_t inode) {
  const std::string network = link_of(fmt::format("/proc/{}/ns/net", pid));
  const auto [entry, is_new] = tables_.try_emplace(network);
  SocketTable& table = entry->second;
  if (is_new) {
    const auto diag = networks_.find(network);
    table = read_sockets_but_tcp(pid, diag == networks_.end() ? sock_diag_ : diag->second);
  }
  if (!table.contains(inode) && with_tcp_.insert(network).second) add_tcp_sockets(table, pid);
  const auto found = table.find(inode);
  return found == table.end() ? Socket{} : found->second;
}

int Objects::object_of(int pid, int fd, const std::string& link) {
  const std::string path = fmt::format("/proc/{}/fd/{}", pid, fd);
  if (link.starts_with("pipe:[")) return find_or_make(link, ObjectKind::pipe, "");
  if (link.starts_with("socket:[")) {
    const Socket socket = socket_of(pid, inode_in(link));
    const int index =
        find_or_make(link, socket.kind, socket.kind == ObjectKind::other ? "socket" : socket.name);
    Object& object = at(index);
    object.listening = socket.listening;
    if (socket.peer) object.peer = fmt::format("socket:[{}]", socket.peer);
    if (socket.listener) object.peer = fmt::format("socket:[{}]", socket.listener);
    object.pending = socket.listener != 0;
    object.filled = static_cast<std::int64_t>(socket.to_read);
    return index;
  }
  // One inode serves all of these: each open file is an object of its own, shared only by inheritance. Two
  // processes' descriptors cannot be told apart or found equal without kcmp(2), so an eventfd is known by its
  // id in fdinfo.
  for (const auto& [prefix, kind] :
       {std::pair<const char*, ObjectKind>{"anon_inode:[eventfd]", ObjectKind::eventfd},
        {"anon_inode:[timerfd]", ObjectKind::timerfd},
        {"anon_inode:[signalfd]", ObjectKind::signalfd},
        {"anon_inode:[eventpoll]", ObjectKind::epoll}}) {
    if (!is_number_in_brackets(link, prefix)) continue;
    const std::string info = try_read_file(fmt::format("/proc/{}/fdinfo/{}", pid, fd)).value_or("");
    const auto id = info.find("eventfd-id:");
    const std::string identity = id == std::string::npos
                                     ? fmt::format("{}:{}:{}", link, pid, fd)
                                     : fmt::format("{}{}", link, std::atoi(info.c_str() + id + 11));
    return find_or_make(identity, kind, to_string(kind));
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return find_or_make("link:" + link, ObjectKind::other, link);
  const std::string name = std::filesystem::path(link).filename();
  if (S_ISFIFO(status.st_mode)) return find_or_make(file_identity(status), ObjectKind::fifo, link);
  if (S_ISCHR(status.st_mode) &&
      (link.starts_with("/dev/pts/") || link.starts_with("/dev/tty") || link == "/dev/console"))
    return find_or_make(file_identity(status), ObjectKind::terminal, "terminal");
  struct statfs system {};
  if (::statfs(path.c_str(), &system) == 0 && system.f_type == kMqueueMagic) {
    const int index =
        find_or_make(file_identity(status), ObjectKind::posix_queue, link.substr(0, link.find(" (deleted)")));
    if (!at(index).capacity) read_queue(at(index), path);
    return index;
  }
  if (link.starts_with("/dev/shm/"))
    return find_or_make(file_identity(status), ObjectKind::shared_memory, "/" + name);
  return find_or_make(file_identity(status), ObjectKind::file, name.empty() ? link : name);
}

Descriptor Objects::describe(int pid, int fd) {
  const std::string link = link_of(fmt::format("/proc/{}/fd/{}", pid, fd));
  Descriptor descriptor;
  descriptor.fd = fd;
  if (link.empty()) return descriptor;
  const unsigned flags = flags_of(pid, fd);
  descriptor.reads = (flags & O_ACCMODE) != O_WRONLY;
  descriptor.writes = (flags & O_ACCMODE) != O_RDONLY;
  descriptor.close_on_exec = flags & O_CLOEXEC;
  descriptor.nonblocking = flags & O_NONBLOCK;
  descriptor.object = object_of(pid, fd, link);
  return descriptor;
}

std::vector<Descriptor> Objects::descriptors(int pid) {
  std::vector<Descriptor> descriptors;
  for (const int fd : descriptors_of(pid))
    if (Descriptor descriptor = describe(pid, fd); descriptor.object >= 0) descriptors.push_back(descriptor);
  return descriptors;
}

void Objects::note_holder(const std::string& identity, bool reads, bool writes, int pid) {
  const auto found = by_identity_.find(identity);
  if (found == by_identity_.end()) return;
  Object& object = at(found->second);
  object.outside_reads |= reads;
  object.outside_writes |= writes;
  if (watchers_.contains(pid)) {
    object.watcher_reads |= reads;
    object.watcher_writes |= writes;
    return;
  }
  const std::string name(trimmed(try_read_file(fmt::format("/proc/{}/comm", pid)).value_or("")));
  const auto add = [&](std::vector<std::string>& names) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  if (reads) add(object.outside_readers);
  if (writes) add(object.outside_writers);
}

void Objects::find_outside_holders(const std::set<int>& tree, bool watchers_only) {
  const auto look_at = [&](int pid) {
    for (const int fd : descriptors_of(pid)) {
      const std::string path = fmt::format("/proc/{}/fd/{}", pid, fd), link = link_of(path);
      std::string identity = link;
      if (link.starts_with('/')) {
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
          continue;
        identity = file_identity(status);
      }
      if (!by_identity_.contains(identity)) {
        // A socket is held by outside when its other end is: the object in the tree names it as its peer.
        if (!link.starts_with("socket:[")) continue;
        for (Object& object : snapshot_.objects)
          if (object.peer == link) note_holder(object.identity, true, true, pid);
        continue;
      }
      const unsigned flags = flags_of(pid, fd);
      note_holder(identity, (flags & O_ACCMODE) != O_WRONLY, (flags & O_ACCMODE) != O_RDONLY, pid);
    }
  };
  if (watchers_only) {
    for (const int watcher : watchers_) look_at(watcher);
    return;
  }
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error))
    if (const int pid = std::atoi(entry.path().filename().c_str()); pid > 0 && !tree.contains(pid))
      look_at(pid);
}

void Objects::name_anonymous() {
  char pipe = 'A', pair = 'A';
  const auto letter = [](char& next) {
    return next <= 'Z' ? std::string(1, next++) : std::to_string(next++ - 'Z' + 26);
  };
  // Pipes between the programs and whoever watches are known by what they are to the program.
  for (const ipclab::Process& process : snapshot_.processes)
    for (const Descriptor& descriptor : process.descriptors) {
      if (descriptor.fd > 2) continue;
      Object& object = at(descriptor.object);
      if (!has_letter(object) || object.kind != ObjectKind::pipe) continue;
      if (descriptor.fd == 0 && object.watcher_writes) object.name = "standard input";
      if (descriptor.fd == 1 && object.watcher_reads) object.name = "standard output";
      if (descriptor.fd == 2 && object.watcher_reads) object.name = "standard error";
    }
  for (const ipclab::Process& process : snapshot_.processes)
    for (const Descriptor& descriptor : process.descriptors) {
      Object& object = at(descriptor.object);
      if (!has_letter(object)) continue;
      if (object.kind == ObjectKind::pipe) object.name = "pipe " + letter(pipe);
      if (object.kind == ObjectKind::unix_socket && !object.peer.empty()) {
        object.name = "socketpair " + letter(pair);
        for (Object& other : snapshot_.objects)
          if (other.identity == object.peer && has_letter(other)) other.name = object.name;
      }
      if (object.name.empty()) object.name = to_string(object.kind);
    }
  name_peers();
}

/// A server's connections all have its own name: what tells them apart is who is at the other end.
void Objects::name_peers() {
  std::map<std::string, std::set<const ipclab::Process*>> holders;  // by identity
  for (const ipclab::Process& process : snapshot_.processes)
    for (const Descriptor& descriptor : process.descriptors)
      holders[at(descriptor.object).identity].insert(&process);
  for (Object& object : snapshot_.objects) {
    if (object.peer.empty() || object.pending || !object.name.starts_with("connection ")) continue;
    const auto &here = holders[object.identity], &there = holders[object.peer];
    if (there.size() == 1 && here != there) object.name += " with " + (*there.begin())->name;
  }
}

void Objects::join_networks() {
  if (tables_.size() < 2) return;
  std::map<std::string, std::uint64_t> by_ends, listeners;
  for (const auto& [network, table] : tables_)
    for (const auto& [inode, socket] : table) {
      if (!socket.local.empty()) by_ends[socket.local + " " + socket.remote] = inode;
      for (const std::string& ends : socket.queued) listeners[ends] = inode;
    }
  for (auto& [network, table] : tables_)
    for (auto& [inode, socket] : table) {
      if (socket.peer || socket.local.empty()) continue;
      const std::string ends = socket.remote + " " + socket.local;
      const auto object = by_identity_.find(fmt::format("socket:[{}]", inode));
      if (const auto peer = by_ends.find(ends); peer != by_ends.end() && peer->second) {
        socket.peer = peer->second;
        if (object != by_identity_.end()) at(object->second).peer = fmt::format("socket:[{}]", socket.peer);
      } else if (const auto listener = listeners.find(ends); listener != listeners.end()) {
        if (object == by_identity_.end()) continue;
        at(object->second).peer = fmt::format("socket:[{}]", listener->second);
        at(object->second).pending = true;
      }
    }
}

bool Objects::data_in_flight() const {
  const auto find = [&](std::uint64_t inode) -> const Socket* {
    for (const auto& [network, table] : tables_)
      if (const auto found = table.find(inode); found != table.end()) return &found->second;
    return nullptr;
  };
  for (const auto& [network, table] : tables_)
    for (const auto& [inode, socket] : table) {
      if (socket.connecting) return true;
      if (socket.kind != ObjectKind::tcp_socket || !socket.unsent || !socket.peer) continue;
      const Socket* peer = find(socket.peer);
      if (peer && peer->to_read == 0) return true;
    }
  return false;
}

}  // namespace ipclab::observe
