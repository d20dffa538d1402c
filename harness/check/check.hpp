// The words that the checks of labs/NN are written in. Every word that finds the learner's program wrong
// records a Finding and ends the check; what every program owes (nothing left behind, nobody left running, no
// zombie, no orphan, no crash) is looked for when the Room goes out of scope, without being named.
//
// No word takes a time. A word waits for a state and returns as soon as it is proved; it gives up when the
// kernel shows that the state can never come (nobody can wake anybody) or, at last, when the program makes no
// progress.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/decorators.hpp"
#include "model/cause.hpp"
#include "model/finding.hpp"
#include "model/snapshot.hpp"
#include "room/call_counts.hpp"
#include "room/fault.hpp"
#include "room/room.hpp"

namespace ipclab::check {

using room::CallCounts;
using room::count_calls;
using room::fail;
using room::Fault;
using room::hold_after;
using room::hold_ahead;
using room::hold_before;
using room::interrupt;
using room::interrupt_late;
using room::kill_at;
using room::short_count;

/// The object that a process is expected to be asleep on: by name ("/inbox", "pipe A"), or any of a kind
/// ("pipe", "fifo", "mutex", "condition", "semaphore", "futex", "child", "posix_queue", "file_lock",
/// "unix_socket" …).
struct On {
  std::string object;
};
inline On on(std::string object) { return {std::move(object)}; }
/// Where the contract leaves open what it sleeps on.
inline On anything() { return {}; }

class Session;  // the room, the watch and the event loop behind the words (session.hpp)

/// Any process of the room: a started program, or one that a program forked.
class Process {
 public:
  Process() = default;
  Process(Session* session, int pid) : session_(session), pid_(pid) {}

  int pid() const { return pid_; }
  std::string name() const;

  /// It falls asleep until somebody else acts, on this object, in this system call or C library function.
  /// Fails with what it does instead: returns, ends, waits elsewhere, spins, polls, sleeps.
  void must_block_in(std::string_view call, const On& object) const;
  void must_block(const On& object) const;
  /// As must_block, and for good: no time-out and no timer of it wakes any of its threads.
  void must_block_for_good(const On& object) const;
  /// It is asleep somewhere (or has ended, or is held): a point from which nothing happens until the check
  /// acts.
  void must_settle() const;

  /// The system calls that it has made since it was started with count_calls(), once it has come to rest or
  /// ended. What it has done between two points is the difference of two of these. The second form: with all
  /// that it forked.
  CallCounts calls_made() const;
  CallCounts calls_made_with_children() const;

  /// After SIGSTOP it has stopped.
  void signal(int number) const;
  void kill() const;  // SIGKILL, and waits until it is gone

  /// The whole room as the kernel shows it now, this process in it by its pid().
  Snapshot look() const;
  /// What it has open once it has come to rest.
  std::vector<Descriptor> descriptors() const;

 protected:
  friend class Reply;
  Session* session_ = nullptr;
  int pid_ = 0;
};

/// A started program with its standard streams held by the check.
class Program : public Process {
 public:
  Program() = default;
  using Process::Process;

  void types(std::string_view bytes) const;  // to its standard input; never blocks the check
  void input_ends() const;

  /// Its standard output goes on with exactly these bytes.
  void must_print(std::string_view bytes) const;
  /// Its standard output, from the beginning to its end, is exactly this. Waits until it has ended.
  void must_have_printed(std::string_view all) const;
  /// All it printed; waits until it has ended.
  std::string output() const;
  std::string error_output() const;
  /// What it has printed so far, without waiting.
  std::string output_so_far() const;
  /// Nobody reads its output any more: the check closes its end (SIGPIPE, EPIPE for the writer).
  void output_closes() const;
  /// The check stops (and later goes on) reading its output, so that the pipe fills.
  void output_is_not_read() const;
  void output_is_read() const;

  void must_exit(int status = 0) const;
  void must_be_killed_by(int signal) const;
  /// Waits until it ends, in whatever way: 0-255, or 128 + signal as a shell says it.
  int status() const;
  /// What it has cost, with its threads and the children that it waited for. Waits until it has ended; not
  /// for one that was started with faults.
  room::Effort effort() const;
  bool ended() const;

  /// A process that this program forked (directly or not), by what it executes; `which` counts from 1 in
  /// order of creation. Waits until there is one.
  Process child(std::string_view program, int which = 1) const;

  /// A fault holds it at the named call (room/fault.hpp): waits until it is held / lets it go on.
  void must_be_held() const;
  bool is_held() const;
  void goes_on() const;
};

/// What a console answers to one typed line. The answer may come later.
class Reply {
 public:
  Reply() = default;
  Reply(Program console, std::size_t index, std::string typed)
      : console_(console), index_(index), typed_(std::move(typed)) {}

  void must_return() const;                        // it succeeds, whatever the value
  void must_return(std::string_view value) const;  // … with exactly this value
  std::string value() const;                       // … and the value
  /// It fails, and the message contains this ("EAGAIN", "would block").
  void must_fail(std::string_view message) const;
  /// As Process::must_block…, and the command has not answered.
  void must_block_in(std::string_view call, const On& object) const;
  void must_block(const On& object) const;
  /// The whole room is asleep and this command has not answered: it waits for something the check has yet to
  /// do.
  void must_wait() const;
  /// Has it answered by now? Asks without waiting; true answers stay true.
  bool has_returned() const;
  const std::string& typed() const { return typed_; }

 private:
  const std::string& answer(const std::string& expected) const;
  [[noreturn]] void wrong(const std::string& expected, const std::string& answer) const;

  Program console_;
  std::size_t index_ = 0;
  std::string typed_;
};

/// A program that serves typed commands (ipclab/console.hpp).
class Console : public Program {
 public:
  Console() = default;
  using Program::Program;

  /// Without those of the console itself: reading lines and writing answers.
  CallCounts calls_made() const;

  /// Types a line; more may be typed before the answer has come (they wait in the pipe).
  Reply types(std::string_view line) const;
  /// types(line).must_return()
  void does(std::string_view line) const;
  /// types(line).value()
  std::string asks(std::string_view line) const;
  /// Ends it in an orderly way: end-of-file on its input, must_exit(0).
  void quits() const;
};

/// The text as one word of a console line, quoted where it must be.
std::string word(std::string_view text);

struct RoomOptions {
  room::Limits limits{};
  bool orphans_allowed = false;  // the lab is about processes that outlive their parents
  bool raw_network = false;      // the programs may open raw sockets (CAP_NET_RAW)
  /// The lab's programs are those that the race detector watches (races() at the TEST_CASE): at the
  /// end of the room, or when a word has failed, a race is the finding.
  bool watches_races = false;
};

inline constexpr RoomOptions kWatchingRaces{.watches_races = true};

class Room {
 public:
  Room() : Room(RoomOptions{}) {}
  explicit Room(const RoomOptions& options);
  ~Room() noexcept(false);
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  /// Starts a program of the lab, or of the machine; names must differ. Default name: the program's.
  Program start(std::vector<std::string> argv, std::string name = "", std::vector<Fault> faults = {});
  Console console(std::string program, std::string name = "", std::vector<Fault> faults = {});
  /// Under schedules, for what they begin and end with: a console that no schedule knows and nobody watches.
  /// It is started the first time, and lives on from one schedule to the next. It acts alone: before the
  /// others are started, or when they have ended.
  Console bystander(const std::string& program);

  /// Random, printable, no spaces; different on every run: never a constant that a program could print.
  std::string random_text(std::size_t size = 12);
  std::string random_bytes(std::size_t size);
  int random(int least, int most);
  /// For TCP or UDP. It is another one, and no privileged one, when its two bytes change places.
  int random_port();

  /// Files as the programs see them: relative names are in their working directory.
  void write_file(const std::string& path, std::string_view bytes);
  void make_directory(const std::string& path);
  /// A socket file that nobody listens at.
  void write_socket(const std::string& path);
  std::string read_file(const std::string& path);
  bool exists(const std::string& path);
  /// What programs write to this file comes to be exactly this, before they wait for something else. `when`
  /// ends the sentence of what was expected.
  void must_have_file(const std::string& path, std::string_view bytes, const std::string& when = "");

  /// This name outlives the check with the lab's blessing: it is not reported as left behind.
  void keeps(std::string name);
  /// These are left now, and nothing else: names as in the ledger ("/inbox").
  void must_hold(std::vector<std::string> names);

  /// Every process of the room is asleep, ended or held: whatever was going to happen has happened.
  void settles();
  /// Whoever has ended has been waited for by its parent, as soon as everybody sleeps. (So it is at the end
  /// of the room, too, but for the children of a process that the check has killed.)
  void must_have_no_zombie();
  /// A fault holds a process, a forked one too / whoever is held goes on. Was there anybody?
  bool anybody_is_held();
  bool lets_all_go_on();
  /// In a room that watches races: whatever was going to happen has happened, and everything that processes
  /// did to what they share was in some order. The end of the room asks the same.
  void must_be_race_free();
  /// Skips the check, with the reason, when the machine lacks this program.
  void requires_tool(const std::string& program);
  /// Skips the check, with the reason, when there are no namespaces.
  void requires_namespaces(const std::string& why);

  Session& session() { return *session_; }  // for words of other headers (network.hpp, schedules.cpp)

 private:
  std::unique_ptr<Session> session_;
};

/// These are at most so many system calls; the finding lists them. `doing`: "sending a message".
void must_be_at_most(const CallCounts& made, long most, const std::string& doing);

/// Runs the scenario again and again, each time in another order of the programs' steps: one step at a time,
/// over all processes, as a number decides. Ends the check at the first number with which a word of the
/// scenario fails, a race or a misuse of a lock is seen, or everybody waits for ever; the finding says how to
/// have that order again.
///
/// All that goes in must be there before the programs begin. So in this room a program, or a console, is
/// started and typed to as always, but the first word that waits ends all their inputs, lets them go
/// together, and returns when all have ended; what comes after asks for their answers, or starts others.
///
///   under_schedules(200, [](Room& room) {
///     const auto bystander = room.bystander("buffer");
///     bystander.does("create /b 1");
///     auto producer = room.console("buffer", "producer"), consumer = room.console("buffer", "consumer");
///     auto put = producer.types("put /b x"), got = consumer.types("get /b");
///     put.must_return();  // both go
///     got.must_return("x");
///     bystander.does("remove /b");
///   });
///
/// No word that looks at running programs (must_block, settles, signal, …) has a meaning there.
void under_schedules(int count, const std::function<void(Room&)>& scenario);

/// Ends the check with a finding of the check's own: for properties that no other word states.
[[noreturn]] void fails(std::string cause, std::string expected, std::string observed,
                        std::string because = "", std::vector<Row> table = {});

}  // namespace ipclab::check
