#include "check/session.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "base/pidfd.hpp"
#include "base/syscall.hpp"
#include "base/text.hpp"
#include "check/outcome.hpp"
#include "check/status.hpp"

namespace ipclab::check {
namespace {

constexpr std::size_t kMostOutput = 64u << 20;  // of one program
constexpr std::size_t kConsoleOutputKept = 1u << 16;
constexpr std::size_t kErrorsKept = 1u << 16;
/// Address space for the race detector's own tables.
constexpr std::size_t kRuntimeReserve = 1u << 30;
/// For who ends while a failure is told: an upper bound.
constexpr std::chrono::milliseconds kLastEnds{100};

std::filesystem::path programs_directory() {
  const char* directory = std::getenv("IPCLAB_PROGRAMS");
  return directory ? directory : "";
}

std::uint64_t chosen_seed() {
  if (const char* seed = std::getenv("IPCLAB_SEED")) return std::strtoull(seed, nullptr, 0);
  return std::random_device{}() | (std::uint64_t{std::random_device{}()} << 32);
}

/// The end of what a program printed: enough to see what it was about.
std::string_view tail(std::string_view text) {
  constexpr std::size_t kMost = 2000;
  return text.size() <= kMost ? text : text.substr(text.size() - kMost);
}

room::Options room_options(const check::RoomOptions& options) {
  room::Options room;
  room.limits = options.limits;
  room.programs = programs_directory();
  if (!options.watches_races) return room;
  room.programs /= race::kWatchedPrograms;
  if (!std::filesystem::is_directory(room.programs))
    throw std::logic_error("a check watches for races, and does not say so: TEST_CASE(… * races())");
  room.limits.reserved = sizeof(race::Record) + kRuntimeReserve;
  return room;
}

}  // namespace

Session::Session(const check::RoomOptions& options)
    : options_(options), room_(room_options(options)), before_(room_.ledger()), random_(chosen_seed()) {
  observe::World world;
  world.reaper = room_.init_pid();
  world.watchers = {::getpid()};
  world.sock_diag = room_.sock_diag();
  world.name_of = [this](int pid) {
    const Started* started = find_started(pid);
    return started ? started->name : std::string();
  };
  watch_ = std::make_unique<observe::Watch>(std::move(world));
  if (options.watches_races) records();
  outcome().room(room_.level() == room::Level::namespaces ? "namespaces" : room_.describe());
}

Session::~Session() {
  drain_quietly();
  tell_ended();
  tell_printed();
}

Started& Session::start(std::vector<std::string> argv, std::string name, std::vector<Fault> faults,
                        bool is_console, unsigned host, Role role) {
  auto started = std::make_unique<Started>();
  started->role = role;
  started->name = name.empty() ? argv.at(0) : std::move(name);
  started->is_console = is_console;
  PipeEnds in = make_pipe(), out = make_pipe(), err = make_pipe(), replies = make_pipe();
  room::Launch launch;
  launch.argv = std::move(argv);
  launch.faults = std::move(faults);
  launch.host = host;
  launch.raw_network = options_.raw_network;
  launch.in = in.read.get();
  launch.out = out.write.get();
  launch.err = err.write.get();
  if (is_console) {
    launch.extra = {{replies.write.get(), kRepliesFd}};
    launch.environment = {{"IPCLAB_REPLIES", std::to_string(kRepliesFd)}};
  }
  const bool recorded = recording_ && role == Role::player;
  if (recorded) lend_record(launch);
  outcome().log("check", fmt::format("starts {}: {}", started->name, joined(launch.argv, " ")));
  room::Started process = room_.start(launch);
  started->pid = process.pid;
  started->pidfd = std::move(process.pidfd);
  started->input = std::move(in.write);
  started->output = std::move(out.read);
  started->errors = std::move(err.read);
  if (is_console) started->replies = std::move(replies.read);
  for (const Fd* fd : {&started->input, &started->output, &started->errors, &started->replies})
    if (*fd) set_nonblocking(fd->get());
  started_.push_back(std::move(started));
  if (recorded) note_recorded(*started_.back());
  if (recorded && scheduled()) wait_at_the_gate(*started_.back());
  else watch_->add_root(process.pid);
  return *started_.back();
}

Started* Session::find_started(pid_t pid) {
  const auto found = std::ranges::find_if(started_, [&](const auto& started) { return started->pid == pid; });
  return found == started_.end() ? nullptr : found->get();
}

Started& Session::bystander(const std::string& program) {
  const std::string name = "bystander " + program;
  for (const auto& started : started_)
    if (started->name == name) return *started;
  return start({program}, name, {}, true, 0, Role::bystander);
}

bool Session::is_bystander(pid_t pid) {
  const Started* started = find_started(pid);
  return started && started->role == Role::bystander;
}

Started& Session::started(pid_t pid) {
  Started* started = find_started(pid);
  if (!started) throw std::logic_error("a check speaks to a program that it has not started");
  return *started;
}

bool Session::turn(bool wait) {
  std::vector<pollfd> polled{{room_.event_fd(), POLLIN, 0}};
  std::vector<Started*> owners{nullptr};
  const auto add = [&](Started& started, const Fd& fd, short events) {
    if (!fd) return;
    polled.push_back({fd.get(), events, 0});
    owners.push_back(&started);
  };
  for (const auto& started : started_) {
    if (!started->to_type.empty()) add(*started, started->input, POLLOUT);
    if (started->output_read) add(*started, started->output, POLLIN);
    add(*started, started->errors, POLLIN);
    add(*started, started->replies, POLLIN);
  }
  if (awaited_ >= 0) polled.push_back({awaited_, POLLIN, 0});
  if (link_)
    for (const room::Side side : {room::Side::a, room::Side::b})
      polled.push_back({link_->fd(side), POLLIN, 0});
  // An event that came in before the answer to a request of ours no longer shows on the descriptor.
  bool moved = take_room_events();
  const bool traffic = pump_link();
  const auto pause =
      wait && !moved && !traffic ? until_link_is_due(watch_->pause()) : std::chrono::microseconds(0);
  const timespec timeout{pause.count() / 1'000'000, pause.count() % 1'000'000 * 1000};
  if (::ppoll(polled.data(), polled.size(), &timeout, nullptr) <= 0) return moved;
  if (polled[0].revents && take_room_events()) moved = true;
  for (std::size_t i = 1; i < owners.size(); ++i)
    if (polled[i].revents && transfer(*owners[i], polled[i].revents, polled[i].fd)) moved = true;
  return moved;
}

bool Session::transfer(Started& started, short events, int fd) {
  if (fd == started.input.get()) {
    const ssize_t n = ::write(fd, started.to_type.data(), started.to_type.size());
    if (n > 0) started.to_type.erase(0, static_cast<std::size_t>(n));
    if (n < 0 && errno == EPIPE) started.to_type.clear();  // it reads no more: its end will tell
    if (started.to_type.empty() && (started.close_input || (events & POLLERR))) started.input.reset();
    return n > 0;
  }
  if (fd == started.output.get()) {
    const std::size_t before = started.printed.size();
    const bool moved = read_stream(started, started.output, started.printed, kMostOutput);
    started.printed_total += started.printed.size() - before;
    if (started.printed_total >= kMostOutput)
      end_with({cause::kTooMuchOutput,
                fmt::format("{} prints what it is asked for", started.name),
                fmt::format("{} has printed {} MiB and goes on", started.name, kMostOutput >> 20),
                {},
                "",
                {}});
    if (started.is_console && started.printed.size() > kConsoleOutputKept)
      started.printed.erase(0, started.printed.size() - kConsoleOutputKept);
    return moved;
  }
  if (fd == started.errors.get()) {
    const bool moved = read_stream(started, started.errors, started.complained, kErrorsKept);
    look_for_todo(started);
    return moved;
  }
  const bool moved = read_stream(started, started.replies, started.reply_bytes, kMostOutput);
  take_answers(started);
  return moved;
}

bool Session::read_stream(Started& started, Fd& fd, std::string& into, std::size_t keep) {
  char block[65536];
  const ssize_t n = ::read(fd.get(), block, sizeof block);
  if (n < 0) return false;
  if (n == 0) {
    fd.reset();
    return true;
  }
  into.append(block, static_cast<std::size_t>(n));
  if (&into == &started.complained && into.size() > keep) into.erase(0, into.size() - keep);
  return true;
}

void Session::take_answers(Started& started) {
  for (std::size_t end; (end = started.reply_bytes.find('\n')) != std::string::npos;) {
    started.answers.push_back(started.reply_bytes.substr(0, end));
    started.reply_bytes.erase(0, end + 1);
    outcome().log(started.name, "answers: " + started.answers.back());
  }
}

bool Session::take_room_events() {
  bool any = false;
  for (; const auto event = room_.next_event(); any = true) {
    switch (event->kind) {
      case room::RoomEvent::Kind::exited:
        if (Started* started = find_started(event->pid)) {
          started->status = event->status;
          started->effort = event->effort;
          outcome().log(started->name, describe_status(event->status));
        }
        break;
      case room::RoomEvent::Kind::adopted:
        outcome().log("room", fmt::format("{} is left to process 1: its parent ended without waiting for it",
                                          event->program));
        left_to_init_.push_back(*event);
        break;
      case room::RoomEvent::Kind::held:
        held_.insert(event->pid);
        outcome().log(name_of(event->pid), "is held at " + event->call);
        break;
      case room::RoomEvent::Kind::faulted:
        outcome().log(name_of(event->pid), "fault injected in " + event->call);
        break;
    }
  }
  return any;
}

void Session::drain() {
  while (turn(false)) {
  }
}

void Session::drain_quietly() noexcept {
  try {
    drain();
  } catch (...) {  // the outcome is settled; what was still on its way changes nothing
  }
}

/// not_done() writes "ipclab: TODO(2) is not done yet (pipeline.cpp:31)" to standard error.
void Session::look_for_todo(const Started& started) {
  constexpr std::string_view kMark = "ipclab: TODO(";
  const auto at = started.complained.find(kMark);
  if (at == std::string::npos) return;
  const auto end = started.complained.find('\n', at);
  if (end == std::string::npos) return;
  const std::string line = started.complained.substr(at, end - at);
  const auto open = line.rfind('(');
  outcome().reached_todo(std::atoi(line.c_str() + kMark.size()),
                         line.substr(open + 1, line.find(')', open) - open - 1));
  throw CheckEnded{};
}

Snapshot Session::look(pid_t pid) {
  Snapshot snapshot = pid == 0 ? watch_->snapshot() : watch_->snapshot(pid);
  for (ipclab::Process& process : snapshot.processes) process.held = held_.contains(process.pid);
  return snapshot;
}

Snapshot Session::look_again(pid_t pid) {
  watch_->look();
  return look(pid);
}

std::string Session::name_of(pid_t pid) {
  if (const Started* started = find_started(pid)) return started->name;
  const Snapshot snapshot = watch_->snapshot(pid);
  const ipclab::Process* process = snapshot.find(pid);
  return process ? process->name : "a process that has ended";
}

void Session::signal(pid_t pid, int number) {
  if (Started* started = find_started(pid)) {
    started->signalled |= number != SIGSTOP && number != SIGCONT;
    started->end_expected |= started->signalled;
    outcome().log("check", fmt::format("sends {} to {}", signal_name(number), started->name));
    signal_pidfd(started->pidfd, number);
  } else {
    const Fd pidfd = open_pidfd(pid);
    if (!pidfd || !watch_->snapshot(pid).find(pid)) return;  // it has ended: there is nobody to tell
    outcome().log("check", fmt::format("sends {} to {}", signal_name(number), name_of(pid)));
    signal_pidfd(pidfd, number);
  }
  if (number == SIGSTOP)
    settle(pid);  // before it has stopped it may look once more, and find what comes next
}

void Session::kill(pid_t pid) {
  signal(pid, SIGKILL);
  wait_for("a process that is killed ends", 0, [&] { return gone(pid); });
}

bool Session::gone(pid_t pid) {
  if (const Started* started = find_started(pid)) return started->status.has_value();
  watch_->look();
  const Snapshot snapshot = watch_->snapshot(pid);
  const ipclab::Process* process = snapshot.find(pid);
  return !process || process->zombie;
}

void Session::release(pid_t pid) {
  held_.erase(pid);
  outcome().log("check", "lets " + name_of(pid) + " go on");
  room_.release(pid);
}

/// What fails first is often not who is wrong: a client complains when its server has been killed. The ends
/// that nobody asked for belong to the evidence.
void Session::tell_ended() noexcept try {
  const auto& finding = outcome().finding();
  if (!finding) return;
  // Who has been seen to close its sockets may still be about to end.
  const auto began = std::chrono::steady_clock::now();
  do {
    turn(true);
    watch_->look();
  } while (!watch_->quiet() && !watch_->empty() && std::chrono::steady_clock::now() - began < kLastEnds);
  drain();
  for (const auto& started : started_) {
    if (!started->status || *started->status == 0 || started->end_expected) continue;
    const std::string how = describe_status(*started->status);
    if (finding->observed.find(started->name + " " + how) == std::string::npos)
      outcome().adds({started->name, how, ""});
  }
} catch (...) {  // the finding stands without it
}

void Session::tell_printed() {
  for (const auto& started : started_) {
    if (!started->complained.empty())
      outcome().printed(fmt::format("{} (standard error):\n{}", started->name, tail(started->complained)));
    if (!started->printed.empty())
      outcome().printed(fmt::format("{}:\n{}", started->name, tail(started->printed)));
  }
}

}  // namespace ipclab::check
