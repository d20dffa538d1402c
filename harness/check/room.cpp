#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <algorithm>
#include <cstdint>
#include <exception>

#include "base/syscall.hpp"
#include "base/text.hpp"
#include "check/check.hpp"
#include "check/difference.hpp"
#include "check/outcome.hpp"
#include "check/session.hpp"
#include "model/cause.hpp"

namespace ipclab::check {
namespace {

/// Opens a path as the room's programs see it. Symbolic links are theirs too: they are resolved inside the
/// room (openat2(2), RESOLVE_IN_ROOT), so that no link of a learner's leads to a file of the machine.
Fd open_inside(room::Room& room, const std::string& path, int flags) {
  const std::string whole = path.starts_with('/') ? path : room.scratch() + "/" + path;
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) ? 0644 : 0;
  how.resolve = RESOLVE_IN_ROOT;
  return Fd(static_cast<int>(::syscall(SYS_openat2, room.root(), whole.c_str(), &how, sizeof how)));
}

/// The directory that this path is in.
Fd open_directory_of(room::Room& room, const std::string& path) {
  const auto slash = path.rfind('/');
  return open_inside(room, slash == path.npos ? "." : path.substr(0, slash), O_PATH | O_DIRECTORY);
}

/// As if the learner had made it: the file belongs to the owner of the scratch directory.
void give_to_learner(room::Room& room, const Fd& file) {
  struct stat scratch {};
  const Fd directory = open_inside(room, ".", O_PATH | O_DIRECTORY);
  if (::fstat(directory.get(), &scratch) == 0 && scratch.st_uid != ::geteuid())
    checked(::fchownat(file.get(), "", scratch.st_uid, scratch.st_gid, AT_EMPTY_PATH), "fchownat");
}

std::string listed(const Ledger& ledger) {
  std::vector<std::string> names;
  for (const Leftover& leftover : ledger)
    names.push_back(fmt::format("{} {}", to_string(leftover.kind), leftover.name));
  return names.empty() ? "nothing" : joined(names, ", ");
}

}  // namespace

Room::Room(const RoomOptions& options) : session_(std::make_unique<Session>(options)) {}

Room::~Room() noexcept(false) {
  if (std::uncaught_exceptions() == 0 && !outcome().settled()) session_->close();
  else session_->explain_by_races();
}

Program Room::start(std::vector<std::string> argv, std::string name, std::vector<Fault> faults) {
  return Program(session_.get(),
                 session_->start(std::move(argv), std::move(name), std::move(faults), false).pid);
}

Console Room::console(std::string program, std::string name, std::vector<Fault> faults) {
  return Console(session_.get(),
                 session_->start({std::move(program)}, std::move(name), std::move(faults), true).pid);
}

Console Room::bystander(const std::string& program) {
  return Console(session_.get(), session_->bystander(program).pid);
}

std::string Room::random_text(std::size_t size) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string text(size, ' ');
  for (char& c : text) c = kLetters[session_->random()() % kLetters.size()];
  return text;
}

std::string Room::random_bytes(std::size_t size) {
  std::string bytes(size, ' ');
  for (char& c : bytes) c = static_cast<char>(session_->random()());
  return bytes;
}

int Room::random_port() { return random(80, 125) * 256 + random(10, 79); }

int Room::random(int least, int most) {
  return std::uniform_int_distribution(least, most)(session_->random());
}

void Room::write_file(const std::string& path, std::string_view bytes) {
  const Fd file = open_inside(session_->room(), path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) throw_errno("cannot write " + path + " in the room");
  while (!bytes.empty()) {
    const ssize_t n = checked(::write(file.get(), bytes.data(), bytes.size()), "write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  give_to_learner(session_->room(), file);
}

void Room::make_directory(const std::string& path) {
  const Fd directory = open_directory_of(session_->room(), path);
  checked(::mkdirat(directory.get(), path.substr(path.rfind('/') + 1).c_str(), 0755), "mkdirat");
  give_to_learner(session_->room(), open_inside(session_->room(), path, O_PATH));
}

void Room::write_socket(const std::string& path) {
  const Fd directory = open_directory_of(session_->room(), path);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // A path may have 107 bytes there, and the room's own may be longer.
  const std::string name =
      fmt::format("/proc/self/fd/{}/{}", directory.get(), path.substr(path.rfind('/') + 1));
  name.copy(address.sun_path, sizeof address.sun_path - 1);
  const Fd socket(checked(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));
  checked(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  give_to_learner(session_->room(), open_inside(session_->room(), path, O_PATH));
}

std::string Room::read_file(const std::string& path) {
  const Fd file = open_inside(session_->room(), path, O_RDONLY | O_NONBLOCK);
  if (!file)
    end_with({cause::kWrongOutput,
              path + " is there",
              fmt::format("{} cannot be read: {}", path, std::generic_category().message(errno)),
              {},
              "",
              {}});
  std::string bytes;
  char block[65536];
  for (ssize_t n; (n = checked(::read(file.get(), block, sizeof block), "read")) > 0;)
    bytes.append(block, static_cast<std::size_t>(n));
  return bytes;
}

bool Room::exists(const std::string& path) {
  return static_cast<bool>(open_inside(session_->room(), path, O_PATH | O_NOFOLLOW));
}

void Room::must_have_file(const std::string& path, std::string_view bytes, const std::string& when) {
  const bool came = session_->comes([&] {
    const Fd file = open_inside(session_->room(), path, O_RDONLY | O_NONBLOCK);
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) return false;
    return status.st_size == static_cast<off_t>(bytes.size()) && read_file(path) == bytes;
  });
  if (came) return;
  const bool is_there = exists(path);
  const std::string got = is_there ? read_file(path) : "";
  end_with({cause::kWrongOutput,
            fmt::format("{} has {}{}{}", path, ipclab::quoted(bytes), when.empty() ? "" : " ", when),
            is_there ? fmt::format("it has {}", ipclab::quoted(got)) : "there is no such file",
            is_there ? std::vector<Row>{{"", difference(bytes, got), ""}} : std::vector<Row>{},
            "",
            {}});
}

void Room::keeps(std::string name) { session_->kept().insert(std::move(name)); }

void Room::must_hold(std::vector<std::string> names) {
  const Ledger ledger = session_->room().ledger();
  std::vector<std::string> there;
  for (const Leftover& leftover : ledger)
    if (leftover.kind != LeftoverKind::process) there.push_back(leftover.name);
  std::ranges::sort(names);
  std::ranges::sort(there);
  if (names == there) return;
  end_with({cause::kLeftBehind,
            fmt::format("there is {}", names.empty() ? "nothing left" : joined(names, ", ")),
            "there is " + listed(ledger),
            {},
            "",
            {}});
}

void Room::settles() { session_->settle(0); }

void Room::must_have_no_zombie() {
  // Something may move between the rest and the look; who never rests is not waited for.
  constexpr int kMostLooks = 50;
  for (int looks = 0; looks < kMostLooks; ++looks) {
    session_->settle(0);
    if (session_->find_zombies()) return;
  }
}

bool Room::anybody_is_held() {
  session_->drain();
  return !session_->held().empty();
}

bool Room::lets_all_go_on() {
  session_->drain();
  const std::set<pid_t> held = session_->held();
  for (const pid_t pid : held) session_->release(pid);
  return !held.empty();
}

void Room::must_be_race_free() {
  session_->settle(0);
  session_->judge_races();
}

void Room::requires_tool(const std::string& program) {
  for (const char* directory : {"/lab/bin", "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"})
    if (exists(fmt::format("{}/{}", directory, program))) return;
  outcome().skip(fmt::format("this machine has no {}", program));
  throw CheckEnded{};
}

void Room::requires_namespaces(const std::string& why) {
  if (session_->room().level() == room::Level::namespaces) return;
  outcome().skip(why + ": " + session_->room().describe());
  throw CheckEnded{};
}

void fails(std::string cause, std::string expected, std::string observed, std::string because,
           std::vector<Row> table) {
  end_with(
      {std::move(cause), std::move(expected), std::move(observed), std::move(table), std::move(because), {}});
}

}  // namespace ipclab::check
