// The room, the watch and the event loop behind the words of check.hpp.
//
// Theory of operation. The check is one thread of one process. Every word comes down to wait_for(): a loop
// that moves bytes (typed input out; output, error output and answers in), takes the room's events, looks at
// the tree of processes, and asks whether what the word waits for has come. The check itself acts only
// between words, so while a word waits nobody outside the tree acts: a tree that is proved asleep with no
// timer left can never go on, and the word fails at once with the reason (Snapshot::watcher_waits). No
// verdict comes from a clock; kPatience is the last resort.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "check/check.hpp"
#include "model/finding.hpp"
#include "observe/watch.hpp"
#include "race/recording.hpp"
#include "room/link.hpp"
#include "room/room.hpp"

namespace ipclab::check {

/// The descriptor of a console's answers: high, so that the learner's own start at 3.
inline constexpr int kRepliesFd = 99;

/// The last resort, when nothing can be proved either way: an upper bound, never called a deadlock.
inline constexpr std::chrono::milliseconds kPatience{40'000};
/// Bytes of memory that a record may take: programs could fill it with rubbish.
inline constexpr std::size_t kMostRecorded = std::size_t{1} << 30;

/// A bystander is in no record and no schedule of its room, and outlives its schedules.
enum class Role { player, bystander };

/// A started program and the check's ends of its streams.
struct Started {
  pid_t pid = 0;
  Role role = Role::player;
  std::string name;
  Fd pidfd;
  Fd input, output, errors, replies;
  bool is_console = false;
  bool output_read = true;   // false: the check lets the pipe fill
  std::string to_type;       // typed, and not yet taken by the pipe
  bool close_input = false;  // … and close it when all is taken
  std::string printed;       // standard output (a console's: its end only)
  std::size_t compared = 0;  // of `printed`, by must_print
  std::size_t printed_total = 0;
  std::string complained;   // the end of standard error
  std::string reply_bytes;  // an answer not yet complete
  std::vector<std::string> answers;
  std::size_t typed_lines = 0;
  std::optional<int> status;  // as of waitpid(2)
  room::Effort effort;        // when it has ended
  bool end_expected = false;  // the check asked for its end, or has judged it
  bool signalled =
      false;  // the check sent it a signal that may have ended it before it could wait for anybody
  bool output_ended() const { return !output; }
};

class Session {
 public:
  explicit Session(const check::RoomOptions& options);
  ~Session();

  Started& start(std::vector<std::string> argv, std::string name, std::vector<Fault> faults, bool is_console,
                 unsigned host = 0, Role role = Role::player);
  /// Started when there is none yet of this program.
  Started& bystander(const std::string& program);
  Started& started(pid_t pid);
  Started* find_started(pid_t pid);

  /// Waits until `done()`. Ends the check with a finding when that can never come: `expected` is its first
  /// line; `subject` (0: anybody) is the process that the words "is still …" are about.
  void wait_for(const std::string& expected, pid_t subject, const std::function<bool()>& done);
  /// Waits until the process is asleep on the object (and in the call, unless empty), `for_good`: with
  /// nothing of its own that will wake it. `returned` tells early.
  void wait_for_block(const std::string& expected, pid_t pid, const std::string& call,
                      const std::string& object, const std::function<std::string()>& returned,
                      bool for_good = false);
  /// Waits until the process (0: every one) is asleep, has ended, is held, or is shown to loop.
  void settle(pid_t pid);

  /// Waits until `done()`, or until every program has come to rest or is shown to loop: did it come?
  bool comes(const std::function<bool()>& done);

  /// Moves what can be moved now, without waiting.
  void drain();
  /// What is there now, also of a program that has just been started; 0: all.
  Snapshot look_again(pid_t pid);
  std::string name_of(pid_t pid);
  void signal(pid_t pid, int number);
  void kill(pid_t pid);
  bool gone(pid_t pid);
  /// Two looks have found it asleep without having run in between.
  bool rests(pid_t pid) const { return watch_->quiet(pid); }
  bool held(pid_t pid) const { return held_.contains(pid); }
  void release(pid_t pid);
  const std::set<pid_t>& held() const { return held_; }

  // traffic.cpp
  /// Skips the check where there can be none.
  void lay_link();
  room::Link& link() { return *link_; }
  void link_follows(std::function<void(const room::Packet&, room::Fate&)> script);
  std::map<std::pair<room::Side, int>, std::function<void(room::Fate&)>>& fates() { return fates_; }
  /// IPv4, non-blocking, and the session's.
  int open_socket(unsigned host, int type);
  /// While a word waits, something that arrives here ends its pause; -1: nowhere.
  void awaits(int fd) { awaited_ = fd; }

  // races.cpp
  /// From now on programs write into a record of their own; with a seed, they go one step at a time.
  void records(std::optional<std::uint64_t> schedule = {});
  /// The check's finding is the first race, misuse or deadlock that was recorded, if there is one: ends the
  /// check, or takes the place of the finding there is.
  void judge_races();
  void explain_by_races() noexcept;
  /// The programs of this schedule have ended as they should, and nothing is left: forgets them.
  void end_schedule();

  room::Room& room() { return room_; }
  std::mt19937_64& random() { return random_; }
  std::set<std::string>& kept() { return kept_; }

  /// The finding for a program that has ended where it should not, or not in this way.
  [[noreturn]] void fail_ended(const std::string& expected, const Started& started);

  /// Ends the check if somebody sleeps whose child has ended. False: it cannot be told, somebody moves.
  bool find_zombies();
  /// Looks for everything a program owes at the end. Records at most one finding.
  void close();

 private:
  bool turn(bool wait);      // one turn of the loop; true: something moved
  Snapshot look(pid_t pid);  // what `watch_` has last looked at; 0: all
  void drain_quietly() noexcept;
  bool transfer(Started& started, short events, int fd);
  bool read_stream(Started& started, Fd& fd, std::string& into, std::size_t keep);
  void take_answers(Started& started);
  bool take_room_events();
  void look_for_todo(const Started& started);
  void check_limits(const std::string& expected);
  void guard_end(const std::string& expected, pid_t subject);
  /// Every thread is asleep and no timer, no data on its way, nobody but the check can wake one.
  std::optional<Snapshot> asleep_for_good();
  bool init_has_news(const Snapshot& snapshot) const;
  bool has_settled(pid_t pid, std::chrono::nanoseconds waited);
  void guard_looking(const std::string& expected, pid_t pid, std::chrono::nanoseconds waited);
  [[noreturn]] void fail_asleep(const std::string& expected, pid_t subject, Snapshot snapshot);
  [[noreturn]] void fail_elsewhere(const std::string& expected, pid_t pid, Snapshot snapshot);
  [[noreturn]] void fail_busy(const std::string& expected, pid_t pid, const char* cause,
                              const std::string& what);
  [[noreturn]] void fail_no_progress(const std::string& expected, pid_t subject);
  bool pump_link();
  bool link_rests() const;  // nothing is on its way from host to host
  std::chrono::microseconds until_link_is_due(std::chrono::microseconds pause) const;
  race::Reports recorded();
  void lend_record(room::Launch& launch) const;
  void note_recorded(const Started& started);
  void wait_at_the_gate(Started& started);
  void not_under_schedules(const char* what) const;
  [[noreturn]] void fail_after_the_end(const std::string& expected, pid_t subject);
  /// Lets everybody go who waits at the gate, and returns when all have ended.
  void play();
  const Started* first_living() const;  // of the players; none: all have ended
  bool is_bystander(pid_t pid);
  void end_inputs();
  void wait_for_ends();
  bool records_too_much() const;
  [[noreturn]] void fail_endless(const std::string& expected);
  void fail_unless_orderly(const Started& started);
  bool scheduled() const { return recording_ && recording_->record().scheduled; }
  void close_programs();
  void close_orphans();
  void tell_printed();
  void tell_ended() noexcept;

  check::RoomOptions options_;
  room::Room room_;
  Ledger before_;
  std::vector<std::unique_ptr<Started>> started_;
  std::vector<room::RoomEvent> left_to_init_;  // processes that nobody waited for
  std::set<pid_t> held_;
  std::set<std::string> kept_;
  std::unique_ptr<observe::Watch> watch_;
  std::mt19937_64 random_;
  std::vector<Fd> own_sockets_;
  int awaited_ = -1;
  std::unique_ptr<room::Link> link_;
  std::map<std::pair<room::Side, int>, std::function<void(room::Fate&)>> fates_;
  std::chrono::steady_clock::time_point link_moved_{};
  std::unique_ptr<race::Recording> recording_;
  std::map<int, std::string> recorded_names_;  // of programs, by their numbers in the room
  unsigned at_the_gate_ = 0;                   // programs that have come there, in this recording
  bool races_judged_ = false;
};

}  // namespace ipclab::check
