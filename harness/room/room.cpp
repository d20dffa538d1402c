#include "room/room.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <deque>
#include <map>
#include <sstream>

#include "base/file.hpp"
#include "base/pidfd.hpp"
#include "base/syscall.hpp"
#include "room/init.hpp"
#include "room/mounts.hpp"
#include "room/order.hpp"
#include "room/turn.hpp"
#include "room/wire.hpp"

namespace ipclab::room {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Whom the learner's programs run as, to the machine, when the harness is root: nobody's uid, so that they
/// can harm nobody and RLIMIT_NPROC counts them (it never counts root).
constexpr unsigned kHostId = 61337;

constexpr int kNamespaces =
    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS;

constexpr char kAskedFor[] = "asked for by name";

bool is_mapped(const char* map, unsigned id) {
  std::istringstream lines(try_read_file(map).value_or(""));
  for (unsigned inside, outside, length; lines >> inside >> outside >> length;)
    if (id >= inside && id - inside < length) return true;
  return false;
}

/// Whether the programs can have a uid of their own: not for root of a user namespace that knows no other.
bool can_give_uid() {
  return ::geteuid() == 0 && is_mapped("/proc/self/uid_map", kHostId) &&
         is_mapped("/proc/self/gid_map", kHostId);
}

/// "Pid:" of /proc/self/fdinfo: the process's number in our own pid namespace; -1 once it has been reaped.
pid_t pid_of(int pidfd) {
  const std::string text = read_file(fmt::format("/proc/self/fdinfo/{}", pidfd));
  const auto at = text.find("\nPid:");
  return at == std::string::npos ? -1 : std::atoi(text.c_str() + at + 5);
}

/// The last number of NSpid: its number in the innermost pid namespace.
pid_t inner_pid(pid_t pid) {
  const std::string text = try_read_file(fmt::format("/proc/{}/status", pid)).value_or("");
  const auto at = text.find("\nNSpid:");
  if (at == std::string::npos) return 0;
  std::istringstream numbers(text.substr(at + 7, text.find('\n', at + 1) - at - 7));
  pid_t inner = 0;
  while (numbers >> inner) {
  }
  return inner;
}

void write_id_maps(pid_t pid) {
  const auto write = [&](const char* file, const std::string& text) {
    const Fd fd(::open(fmt::format("/proc/{}/{}", pid, file).c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd || ::write(fd.get(), text.data(), text.size()) < 0) throw_errno(fmt::format("write {}", file));
  };
  if (can_give_uid()) {
    const std::string map = fmt::format("0 0 1\n{} {} 1\n", kInsideId, kHostId);
    write("uid_map", map);
    write("gid_map", map);
  } else {
    write("setgroups", "deny");
    write("uid_map", fmt::format("{} {} 1\n", kInsideId, ::geteuid()));
    write("gid_map", fmt::format("{} {} 1\n", kInsideId, ::getegid()));
  }
}

/// Why the kernel may have refused, and what lifts it.
std::string advice() {
  const auto setting = [](const char* file) { return try_read_file(file).value_or(""); };
  if (setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns").starts_with("1"))
    return "; AppArmor restricts them: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0";
  if (setting("/proc/sys/kernel/unprivileged_userns_clone").starts_with("0"))
    return "; they are switched off: sudo sysctl kernel.unprivileged_userns_clone=1";
  if (setting("/proc/sys/user/max_user_namespaces").starts_with("0"))
    return "; their number is limited to 0: sudo sysctl user.max_user_namespaces=10000";
  return "; in a container, start it with --privileged, or with --security-opt seccomp=unconfined "
         "--security-opt apparmor=unconfined --security-opt systempaths=unconfined";
}

std::optional<Level> forced(const Options& options) {
  if (options.force) return options.force;
  const char* text = std::getenv("IPCLAB_ROOM");
  if (!text || !*text) return std::nullopt;
  if (std::string_view(text) == "bare") return Level::bare;
  if (std::string_view(text) == "namespaces") return Level::namespaces;
  throw std::runtime_error("IPCLAB_ROOM is neither bare nor namespaces");
}

}  // namespace

struct Room::Impl {
  Options options;
  Site site;
  Confinement confinement;
  std::string lost;          // what forbade namespaces
  std::shared_ptr<Fd> turn;  // bare
  Fd socket, init_pidfd, root, diag;
  pid_t init = 0;
  std::map<pid_t, pid_t> outer;  // of started programs, by their number inside
  std::map<pid_t, pid_t> inner;  // … and that number, also when they have ended
  std::deque<RoomEvent> events;
  Started born;  // by the request under way

  void open(Level level);
  void close();
  json request(json body, const std::vector<int>& fds = {}, std::vector<Fd>* received = nullptr);
  void take(Message message);
};

void Room::Impl::open(Level level) {
  const bool bare = level == Level::bare;
  site = {level, can_give_uid() ? (bare ? kHostId : kInsideId) : 0, ""};
  if (bare) {
    turn = take_turn();
    site.base = make_base(options, site.learner_uid);
  }
  int ends[2];
  checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "socketpair");
  socket.reset(ends[0]);
  Fd inner(ends[1]);
  const long flags = bare ? 0 : kNamespaces;
  init = static_cast<pid_t>(::syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (init < 0) {
    init = 0;
    throw_errno("clone with new namespaces");
  }
  if (init == 0) {
    socket.reset();
    run_init(inner.get(), options, site);
  }
  inner.reset();
  init_pidfd = open_pidfd(init);
  if (!init_pidfd) throw_errno("pidfd_open");
  if (!bare) write_id_maps(init);
  std::vector<Fd> fds;
  const json reply = request({{"request", "set up"}}, {}, &fds);
  if (reply.at("reply") != "ready") throw std::runtime_error(reply.at("step").get<std::string>());
  std::size_t next = 0;
  root = std::move(fds.at(next++));
  if (reply.at("sock_diag")) diag = std::move(fds.at(next++));
  confinement = {reply.at("files"), reply.at("signals")};
}

void Room::Impl::close() {
  socket.reset();
  if (init) {
    if (site.level == Level::namespaces && init_pidfd) signal_pidfd(init_pidfd, SIGKILL);
    retried([&] { return ::waitpid(init, nullptr, __WALL); });
    init = 0;
  }
  std::error_code ignored;
  if (!site.base.empty()) fs::remove_all(site.base, ignored);
  site.base.clear();
  turn.reset();
}

json Room::Impl::request(json body, const std::vector<int>& fds, std::vector<Fd>* received) {
  send_message(socket.get(), body, fds);
  for (;;) {
    auto message = receive_message(socket.get());
    if (!message) throw std::runtime_error("the room's process 1 has ended");
    if (message->body.contains("born")) {
      born = {pid_of(message->fds.at(0).get()), std::move(message->fds.at(0))};
      inner[born.pid] = inner_pid(born.pid);
      outer[inner[born.pid]] = born.pid;
      send_message(socket.get(), {{"request", "go"}});
      continue;
    }
    if (!message->body.contains("reply")) {
      take(std::move(*message));
      continue;
    }
    if (received) *received = std::move(message->fds);
    return std::move(message->body);
  }
}

void Room::Impl::take(Message message) {
  const json& body = message.body;
  const std::string kind = body.at("event");
  RoomEvent event;
  if (!message.fds.empty()) event.pid = pid_of(message.fds[0].get());
  if (kind == "exited") {
    event.kind = RoomEvent::Kind::exited;
    const pid_t inside = body.at("pid");
    event.pid = outer.at(inside);
    outer.erase(inside);
    event.status = body.at("status");
    event.effort = {body.at("sleeps"), body.at("cpu_seconds")};
  } else if (kind == "adopted") {
    event.kind = RoomEvent::Kind::adopted;
    event.program = body.at("program");
    event.was_zombie = body.at("was_zombie");
  } else {
    event.kind = kind == "held" ? RoomEvent::Kind::held : RoomEvent::Kind::faulted;
    const auto started = outer.find(body.at("inside"));
    if (started != outer.end()) event.pid = started->second;  // also when it is gone by now
    event.call = body.at("call");
  }
  events.push_back(std::move(event));
}

Room::Room(Options options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  impl_->options.hidden.emplace_back(IPCLAB_SOURCE);
  const auto level = forced(impl_->options);
  if (level != Level::bare) {
    try {
      impl_->open(Level::namespaces);
      return;
    } catch (const std::exception& error) {
      impl_->lost = error.what();
      impl_->close();
      if (level) throw;
    }
  } else {
    impl_->lost = kAskedFor;
  }
  try {
    impl_->open(Level::bare);
  } catch (...) {
    impl_->close();
    throw;
  }
}

Room::~Room() { impl_->close(); }

Level Room::level() const { return impl_->site.level; }

std::string Room::describe() const {
  if (level() == Level::namespaces) return "namespaces";
  std::string text = fmt::format(
      "bare room, without namespaces ({}): names, ports and keys are shared with the machine, the network is "
      "not cut off, leftovers are told by difference",
      impl_->lost);
  if (!queues_are_mounted()) text += ", message queues that stay are not seen (mount /dev/mqueue)";
  if (!impl_->confinement.files) text += ", the project can be read";
  if (!impl_->confinement.signals && !can_give_uid()) text += ", your other processes can be signalled";
  return impl_->lost == kAskedFor ? text : text + advice();
}

Started Room::start(const Launch& launch) {
  Fd null(checked(::open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null"));
  const auto or_null = [&](int fd) { return fd < 0 ? null.get() : fd; };
  std::vector<int> fds{or_null(launch.in), or_null(launch.out), or_null(launch.err)};
  for (const auto& [ours, theirs] : launch.extra) fds.push_back(ours);
  const json reply = impl_->request(request_of(launch), fds);
  if (reply.at("reply") == "failed") {
    std::erase_if(impl_->outer, [&](const auto& entry) { return entry.second == impl_->born.pid; });
    throw std::system_error(
        reply.at("errno").get<int>(), std::generic_category(),
        fmt::format("cannot start {} ({})", launch.argv.at(0), reply.at("step").get<std::string>()));
  }
  return std::move(impl_->born);
}

int Room::event_fd() const { return impl_->socket.get(); }

std::optional<RoomEvent> Room::next_event() {
  if (impl_->events.empty())
    if (auto message = receive_message(impl_->socket.get(), false)) impl_->take(std::move(*message));
  if (impl_->events.empty()) return std::nullopt;
  RoomEvent event = std::move(impl_->events.front());
  impl_->events.pop_front();
  return event;
}

void Room::release(pid_t pid) {
  send_message(impl_->socket.get(), {{"request", "release"}, {"pid", inner_pid(pid)}});
}

std::optional<CallCounts> Room::counts(pid_t pid, bool family) const {
  const auto started = impl_->inner.find(pid);
  const json reply =
      impl_->request({{"request", "count"},
                      {"pid", started != impl_->inner.end() ? started->second : inner_pid(pid)},
                      {"family", family}});
  if (!reply.at("counted")) return std::nullopt;
  CallCounts counts;
  for (const json& entry : reply.at("entries"))
    counts.add({entry.at(0), entry.at(1), entry.at(2), entry.at(3), entry.at(4), entry.at(5), entry.at(6)});
  return counts;
}

void Room::end_zygotes() { impl_->request({{"request", "end_zygotes"}}); }

void Room::end_all() {
  impl_->request({{"request", "end_all"}});
  impl_->outer.clear();
}

Ledger Room::ledger() const {
  Ledger ledger;
  const json reply = impl_->request({{"request", "ledger"}});
  for (const json& entry : reply.at("entries"))
    ledger.push_back({entry.at(0).get<LeftoverKind>(), entry.at(1)});
  return ledger;
}

bool Room::scratch_full() const { return impl_->request({{"request", "ledger"}}).at("full"); }

Cable Room::lay_cable() {
  if (level() == Level::bare)
    throw std::runtime_error("hosts of its own need a room with namespaces: " + describe());
  std::vector<Fd> fds;
  const json reply = impl_->request({{"request", "lay_cable"}}, {}, &fds);
  if (reply.at("reply") != "laid") throw std::runtime_error(reply.at("step").get<std::string>());
  Cable cable;
  for (std::size_t i = 0, next = 0; i < cable.hosts.size(); ++i) {
    cable.hosts[i].name = reply.at("names").at(i);
    cable.hosts[i].end = std::move(fds.at(next++));
    cable.hosts[i].sock_diag = std::move(fds.at(next++));
  }
  return cable;
}

Fd Room::open_socket(unsigned host, int domain, int type, int protocol) {
  std::vector<Fd> fds;
  const json reply = impl_->request({{"request", "open_socket"},
                                     {"host", host},
                                     {"domain", domain},
                                     {"type", type},
                                     {"protocol", protocol}},
                                    {}, &fds);
  if (reply.at("reply") != "opened")
    throw std::system_error(reply.at("errno").get<int>(), std::generic_category(), "open_socket");
  return std::move(fds.at(0));
}

int Room::root() const { return impl_->root.get(); }
std::string Room::scratch() const { return level() == Level::bare ? impl_->site.base + "/scratch" : "/tmp"; }
std::string Room::place(const std::string& name) const {
  if (level() == Level::namespaces) return "/lab/" + name;
  return name == "out" ? impl_->options.output.string() : impl_->site.base + "/" + name;
}
pid_t Room::init_pid() const { return impl_->init; }
int Room::sock_diag() const { return impl_->diag.get(); }

Probe probe() {
  const Room room{Options{}};
  return {room.level(), room.describe()};
}

}  // namespace ipclab::room
