// Theory of operation.
//
// Processes: the check (outside), init (this one), the learner's programs (init's children) and theirs; and
// zygotes (zygotes.hpp), children too, of which the check hears nothing. In a namespace room init is pid 1:
// orphans become its children, and when it ends the kernel ends everything else. In a bare room it is a child
// sub-reaper: orphans become its children too, and it ends them one by one.
//
// Channels: one SOCK_SEQPACKET socket to the check. Requests come in one at a time and are answered in order;
// events (an end, an orphan, a held process) are sent at any time in between. SIGCHLD is read from a
// signalfd, so that one poll(2) waits for everything. The programs inherit neither.
//
// It ends when the socket does (the check has closed its end or has died); in a namespace room also by
// SIGKILL when the check dies (PR_SET_PDEATHSIG), which in a bare one would leave the programs to nobody. It
// keeps no other descriptor of the check, and it is not dumpable: nobody in the room can read or trace it.

#include "room/init.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "base/file.hpp"
#include "base/pidfd.hpp"
#include "base/syscall.hpp"
#include "room/bare.hpp"
#include "room/launch.hpp"
#include "room/order.hpp"
#include "room/reap.hpp"
#include "room/remains.hpp"
#include "room/tracee.hpp"
#include "room/wire.hpp"
#include "room/zygotes.hpp"

namespace ipclab::room {
namespace {

using nlohmann::json;

class Init {
 public:
  Init(int socket, const Options& options, const Site& site)
      : socket_(socket), options_(options), site_(site), tracer_([this](const Tracer::Note& note) {
          tell_about(note.pid,
                     {{"event", note.held ? "held" : "faulted"}, {"call", note.call}, {"inside", note.pid}});
        }) {}

  void set_up();
  void serve();  // until the check goes
  void leave_nothing();

 private:
  void say_ready(const Confinement& confinement, const Fd& sock_diag);
  void serve(Message message);
  void start(Message message);
  void lay_cable();
  void open_socket(const json& request);
  void count(const json& request);
  int network(unsigned host) const;
  void take_ends();
  void take_end(const Ended& ended);
  void tell_about(pid_t pid, json event);
  bool knows(pid_t child) const;
  void note_orphans();
  void end_all();
  std::set<pid_t> children() const;
  Ledger objects() const;
  Ledger ledger();
  bool scratch_full() const;

  int socket_;
  const Options& options_;
  const Site& site_;
  Identity identity_;
  Tracer tracer_;
  Zygotes zygotes_;
  Fd signals_;
  Cable cable_;                           // where there is one; its ends are the check's
  std::optional<uid_t> owner_;            // bare: whose objects the ledger tells
  Ledger before_;                         // bare: what was there already
  std::set<pid_t> started_;               // living programs that the check started
  std::map<pid_t, std::string> adopted_;  // living orphans
  std::vector<Ended> pending_;            // ends taken while a program was being started
};

void Init::set_up() {
  Confinement confinement;
  Fd sock_diag;
  if (site_.level == Level::namespaces) {
    identity_ = set_up_namespaces(options_, site_);
    sock_diag.reset(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  } else {
    identity_ = set_up_bare(options_, site_, confinement);
    owner_ = site_.learner_uid ? site_.learner_uid : ::geteuid();
    before_ = take_ledger(identity_.directory, owner_);
  }
  checked(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
  sigset_t children;
  ::sigemptyset(&children);
  ::sigaddset(&children, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &children, nullptr);
  signals_.reset(checked(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
  say_ready(confinement, sock_diag);
}

/// The check looks into the room through descriptors that were opened in the room's own namespaces.
void Init::say_ready(const Confinement& confinement, const Fd& sock_diag) {
  const Fd root(checked(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "open /"));
  std::vector<int> fds{root.get()};
  if (sock_diag) fds.push_back(sock_diag.get());
  send_message(socket_,
               {{"reply", "ready"},
                {"sock_diag", static_cast<bool>(sock_diag)},
                {"files", confinement.files},
                {"signals", confinement.signals}},
               fds);
}

void Init::serve() {
  for (;;) {
    pollfd polled[] = {{socket_, POLLIN, 0}, {signals_.get(), POLLIN, 0}};
    if (::poll(polled, 2, -1) < 0 && errno != EINTR) throw_errno("poll");
    if (polled[1].revents) take_ends();
    if (!polled[0].revents) continue;
    auto message = receive_message(socket_);
    if (!message) return;
    serve(std::move(*message));
  }
}

void Init::leave_nothing() {
  if (site_.level == Level::namespaces) return;  // the kernel ends them with us
  end_descendants();
  remove_objects(objects());
  std::error_code ignored;  // the check does the same, if it lives
  std::filesystem::remove_all(site_.base, ignored);
}

void Init::serve(Message message) {
  const std::string request = message.body.at("request");
  if (request == "start") {
    start(std::move(message));
    // Only now: our copies of the program's streams are closed, so an end that is told is an end of its
    // output.
    return take_ends();
  }
  if (request == "lay_cable") return lay_cable();
  if (request == "open_socket") return open_socket(message.body);
  if (request == "count") return count(message.body);
  if (request == "release") return tracer_.release(message.body.at("pid"));
  if (request == "end_zygotes") {
    zygotes_.end();
    return send_message(socket_, {{"reply", "ended"}});
  }
  if (request == "end_all") {
    end_all();
    return send_message(socket_, {{"reply", "ended"}});
  }
  if (request == "ledger") {
    json entries = json::array();
    for (const Leftover& leftover : ledger()) entries.push_back({leftover.kind, leftover.name});
    return send_message(socket_, {{"reply", "ledger"}, {"entries", entries}, {"full", scratch_full()}});
  }
}

void Init::start(Message message) try {
  Order order = order_from(message);
  order.network = network(order.launch.host);
  const auto born = [&](int pidfd) {
    send_message(socket_, {{"born", true}}, {pidfd});
    receive_message(socket_);  // the check has read its number
  };
  const bool forked = !order.launch.zygote.empty() && order.launch.faults.empty() && order.network < 0;
  const auto is_new_child = [&](pid_t pid) { return kinship_of(pid).parent == ::getpid() && !knows(pid); };
  const Result result = forked ? zygotes_.launch(order, identity_, tracer_, born, pending_, is_new_child)
                               : launch(order, identity_, tracer_, born, pending_);
  if (result.error) {
    std::erase_if(pending_, [&](const Ended& ended) { return ended.pid == result.pid; });
    if (result.pid) ::waitpid(result.pid, nullptr, __WALL);  // ECHILD: it has been reaped already
    return send_message(socket_, {{"reply", "failed"}, {"errno", result.error}, {"step", result.step}});
  }
  started_.insert(result.pid);
  send_message(socket_, {{"reply", "started"}, {"pid", result.pid}});
} catch (const std::system_error& error) {
  send_message(socket_, {{"reply", "failed"}, {"errno", error.code().value()}, {"step", error.what()}});
} catch (const std::exception& error) {
  send_message(socket_, {{"reply", "failed"}, {"errno", EINVAL}, {"step", error.what()}});
}

void Init::lay_cable() try {
  if (cable_.hosts[0].network) throw std::logic_error("a room has one cable");
  cable_ = room::lay_cable();
  json names = json::array();
  std::vector<int> fds;
  for (const Cable::Host& host : cable_.hosts) {
    names.push_back(host.name);
    fds.push_back(host.end.get());
    fds.push_back(host.sock_diag.get());
  }
  send_message(socket_, {{"reply", "laid"}, {"names", names}}, fds);
  for (Cable::Host& host : cable_.hosts) host.end.reset();
} catch (const std::exception& error) {
  send_message(socket_, {{"reply", "refused"}, {"step", error.what()}});
}

void Init::open_socket(const json& request) try {
  const Fd socket = socket_in(network(request.at("host")), request.at("domain"), request.at("type"),
                              request.at("protocol"));
  send_message(socket_, {{"reply", "opened"}}, {socket.get()});
} catch (const std::system_error& error) {
  send_message(socket_, {{"reply", "failed"}, {"errno", error.code().value()}});
}

void Init::count(const json& request) {
  take_ends();  // what has stopped at a call by now has made it
  const auto counts = tracer_.counts(request.at("pid"), request.at("family"));
  json entries = json::array();
  if (counts)
    for (const CallCounts::Entry& entry : counts->entries())
      entries.push_back({entry.number, entry.fd, entry.calls, entry.bytes_in, entry.bytes_out,
                         entry.bytes_moved, entry.needless});
  send_message(socket_, {{"reply", "counted"}, {"counted", counts.has_value()}, {"entries", entries}});
}

/// The namespace of a host of the cable; -1: the room's own.
int Init::network(unsigned host) const {
  if (host == 0) return -1;
  if (host > cable_.hosts.size() || !cable_.hosts[host - 1].network)
    throw std::system_error(ENODEV, std::generic_category(), "a host without a cable");
  return cable_.hosts[host - 1].network.get();
}

void Init::take_ends() {
  signalfd_siginfo info;
  while (::read(signals_.get(), &info, sizeof info) > 0) {
  }
  for (const Ended& ended : std::exchange(pending_, {})) take_end(ended);
  while (const auto ended = next_end(tracer_)) take_end(*ended);
  note_orphans();
}

void Init::take_end(const Ended& ended) {
  if (started_.erase(ended.pid)) {
    const rusage& usage = ended.usage;
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    send_message(socket_, {{"event", "exited"},
                           {"pid", ended.pid},
                           {"status", ended.status},
                           {"sleeps", usage.ru_nvcsw},
                           {"cpu_seconds", seconds(usage.ru_utime) + seconds(usage.ru_stime)}});
    return;
  }
  if (zygotes_.contains(ended.pid)) return zygotes_.forget(ended.pid);
  if (const auto adopted = adopted_.find(ended.pid); adopted != adopted_.end()) {
    adopted_.erase(adopted);  // told when it was adopted
    return;
  }
  // It was never seen as a living child of ours: it had ended when its parent did.
  send_message(socket_, {{"event", "adopted"}, {"program", ended.program}, {"was_zombie", true}});
}

bool Init::knows(pid_t child) const {
  return started_.contains(child) || adopted_.contains(child) || zygotes_.contains(child);
}

void Init::note_orphans() {
  for (const pid_t pid : children()) {
    if (knows(pid)) continue;
    const auto status = try_read_file(fmt::format("/proc/{}/status", pid));
    if (!status || status->find("\nState:\tZ") != std::string::npos) continue;
    adopted_[pid] = program_of(pid);
    tell_about(pid, {{"event", "adopted"}, {"program", adopted_[pid]}, {"was_zombie", false}});
  }
}

/// The check knows processes by a pidfd: their numbers inside mean nothing outside.
void Init::tell_about(pid_t pid, json event) {
  const Fd pidfd = open_pidfd(pid);
  send_message(socket_, event, pidfd ? std::vector<int>{pidfd.get()} : std::vector<int>{});
}

std::set<pid_t> Init::children() const {
  std::istringstream list(try_read_file(fmt::format("/proc/self/task/{}/children", ::getpid())).value_or(""));
  std::set<pid_t> found;
  for (pid_t pid; list >> pid;) found.insert(pid);
  return found;
}

void Init::end_all() {
  if (site_.level == Level::bare) {
    end_descendants();
  } else {
    // In a pid namespace of its own this reaches the namespace's processes and none else, and never init
    // itself.
    if (::getpid() != 1) throw std::logic_error("end_all outside a pid namespace");
    ::kill(-1, SIGKILL);
    while (::waitpid(-1, nullptr, __WALL) > 0 || errno == EINTR) {
    }
  }
  started_.clear();
  adopted_.clear();
  zygotes_ = {};
}

Ledger Init::objects() const {
  Ledger objects;
  std::ranges::set_difference(take_ledger(identity_.directory, owner_), before_, std::back_inserter(objects));
  return objects;
}

Ledger Init::ledger() {
  Ledger ledger = objects();
  note_orphans();  // an end between two processes that are not ours brings one without a signal
  for (const auto& [pid, name] : adopted_) ledger.push_back({LeftoverKind::process, name});
  std::ranges::sort(ledger);
  return ledger;
}

bool Init::scratch_full() const {
  if (site_.level == Level::bare) return false;
  const auto full = [](const char* path) {
    struct statvfs state {};
    return ::statvfs(path, &state) == 0 && (state.f_bavail == 0 || state.f_ffree == 0);
  };
  return full("/tmp") || full("/dev/shm");
}

/// init was forked from the check, and never executes anything: what the check has open it would keep open,
/// and a program of another room would wait for an end-of-file that cannot come. Returns the socket.
int keep_only(int socket) {
  socket = checked(::fcntl(socket, F_DUPFD_CLOEXEC, 3), "F_DUPFD");
  const auto kept = static_cast<unsigned>(socket);
  if (kept > 3) checked(::syscall(SYS_close_range, 3, kept - 1, 0), "close_range");
  checked(::syscall(SYS_close_range, kept + 1, ~0u, 0), "close_range");
  const int null = checked(::open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null");
  for (int standard = 0; standard < 3; ++standard) ::dup2(null, standard);
  if (null > 2) ::close(null);
  return socket;
}

}  // namespace

void run_init(int socket, const Options& options, const Site& site) {
  try {
    if (site.level == Level::namespaces) ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    ::prctl(PR_SET_NAME, "ipclab-room", 0, 0, 0);
    socket = keep_only(socket);
    Init init(socket, options, site);
    try {
      if (!receive_message(socket)) ::_exit(0);  // the check has written the id maps
      init.set_up();
    } catch (const std::exception& error) {
      send_message(socket, {{"reply", "refused"}, {"step", error.what()}});
      ::_exit(1);
    }
    try {
      init.serve();
    } catch (const std::exception&) {
      // The check went while it was being told something.
    }
    init.leave_nothing();
  } catch (const std::exception&) {
    ::_exit(1);  // there is nobody to tell
  }
  ::_exit(0);
}

}  // namespace ipclab::room
