// Rooms whose programs record what they do: the record's life, its findings, and one run of a schedule.

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/file.hpp"
#include "base/text.hpp"
#include "check/outcome.hpp"
#include "check/session.hpp"
#include "detect/remains.hpp"
#include "model/cause.hpp"
#include "race/words.hpp"
#include "race/zygote.hpp"

namespace ipclab::check {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kRecordFd = 98;  // in a program: beside that of the replies
constexpr milliseconds kSleepLook{100};
constexpr std::uint32_t kMostSteps = race::kSteps - 1;  // of one schedule: more are not recorded

/// The last number of NSpid: what the program itself calls it.
int inner_pid(pid_t pid) {
  const std::string text = try_read_file(fmt::format("/proc/{}/status", pid)).value_or("");
  const auto at = text.find("\nNSpid:");
  if (at == std::string::npos) return 0;
  std::istringstream numbers(text.substr(at + 7, text.find('\n', at + 1) - at - 7));
  int inner = 0;
  while (numbers >> inner) {
  }
  return inner;
}

/// A file by the path that the room's programs know. Links are theirs: they lead nowhere else.
Fd open_in(const room::Room& room, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_IN_ROOT;
  return Fd(static_cast<int>(::syscall(SYS_openat2, room.root(), path.c_str(), &how, sizeof how)));
}

}  // namespace

void Session::records(std::optional<std::uint64_t> schedule) {
  recording_.reset();
  recording_ = std::make_unique<race::Recording>(schedule);
  if (schedule) recording_->close_gate();
  recorded_names_.clear();
  at_the_gate_ = 0;
  races_judged_ = false;
}

void Session::lend_record(room::Launch& launch) const {
  launch.extra.emplace_back(recording_->fd(), kRecordFd);
  launch.environment.push_back(race::Recording::variable(kRecordFd));
  if (!scheduled()) return;
  launch.same_addresses = true;  // a program that goes by addresses does the same again
  launch.zygote = race::kZygoteVariable;
}

void Session::note_recorded(const Started& started) {
  recorded_names_[inner_pid(started.pid)] = started.name;
}

race::Reports Session::recorded() {
  race::Reading reading;
  reading.name_of = [this](int pid) {
    const auto found = recorded_names_.find(pid);
    return found == recorded_names_.end() ? "" : found->second;
  };
  reading.open = [this](const std::string& path) { return open_in(room_, path); };
  race::Reports reports = recording_->read(reading);
  if (reports.processes == 0 && !started_.empty())
    throw std::runtime_error("the programs of a room that watches races have recorded nothing");
  for (const race::Scheduled& step : reports.schedule)
    outcome().log(step.who, fmt::format("{} {}", step.what, step.place.text()));
  return reports;
}

void Session::judge_races() {
  if (!recording_ || races_judged_) return;
  const race::Reports reports = recorded();
  if (!reports.all.empty()) {
    races_judged_ = true;
    end_with(race::finding(reports.all.front()));
  }
  if (reports.complete) return;
  outcome().skip(fmt::format("the programs have more than {}: not all that they do was seen", reports.limit));
  throw CheckEnded{};
}

void Session::explain_by_races() noexcept {
  if (!recording_ || races_judged_ || !outcome().failed()) return;
  try {
    races_judged_ = true;
    const race::Reports reports = recorded();
    if (!reports.all.empty()) outcome().explain(race::finding(reports.all.front()));
  } catch (...) {  // then the finding stands as it is
  }
}

void Session::not_under_schedules(const char* what) const {
  if (scheduled()) throw std::logic_error(fmt::format("under schedules nobody can see {}", what));
}

void Session::wait_at_the_gate(Started& started) {
  const auto began = steady_clock::now();
  constexpr milliseconds kLook{20};
  const unsigned known = at_the_gate_;
  while ((at_the_gate_ = recording_->arrived(known, kLook)) == known) {
    take_room_events();
    if (started.status) return;  // no program of the lab, or it could not begin
    if (steady_clock::now() - began > kPatience)
      throw std::runtime_error(started.name + " is not a program that the scheduler knows");
  }
}

void Session::play() {
  const bool over = !first_living();
  drain();
  if (over) return;
  end_inputs();
  recording_->open_gate();
  wait_for_ends();
  drain();
  recording_->close_gate();
  judge_races();
}

const Started* Session::first_living() const {
  const auto found = std::ranges::find_if(
      started_, [](const auto& started) { return started->role == Role::player && !started->status; });
  return found == started_.end() ? nullptr : found->get();
}

void Session::end_inputs() {
  for (const auto& started : started_) {
    if (started->role == Role::bystander) continue;
    if (!started->to_type.empty())
      throw std::logic_error("under schedules a program gets no more than a pipe holds");
    started->close_input = true;
    started->input.reset();
  }
}

void Session::wait_for_ends() {
  const auto began = steady_clock::now();
  auto look_due = began + kSleepLook;
  for (;;) {
    turn(true);
    const auto now = steady_clock::now();
    std::optional<Snapshot> asleep;
    if (now >= look_due) {
      // In a call that the scheduler does not know they may sleep for good; who waits for its turn does not.
      watch_->look();
      asleep = asleep_for_good();
      look_due = now + kSleepLook;
    }
    const Started* living = first_living();
    if (!living) return;
    const std::string expected = living->name + " comes to its end";
    if (asleep) fail_asleep(expected, 0, std::move(*asleep));
    if (now - began >= kPatience || records_too_much()) fail_endless(expected);
  }
}

bool Session::records_too_much() const {
  return recording_->record().steps_used.load() >= kMostSteps || recording_->bytes() >= kMostRecorded;
}

void Session::fail_endless(const std::string& expected) {
  const auto steps = recording_->record().steps_used.load();
  end_with({cause::kNoProgress,
            expected,
            fmt::format("it is still at work after {} steps of all programs", steps),
            {},
            "",
            {}});
}

void Session::fail_after_the_end(const std::string& expected, pid_t subject) {
  for (const auto& started : started_)
    if (started->pid == subject || (!subject && started->status.value_or(0) != 0))
      fail_ended(expected, *started);
  end_with({cause::kEndedEarly, expected, "every program has ended", {}, "", {}});
}

void Session::end_schedule() {
  play();
  judge_races();
  for (const auto& started : started_)
    if (started->role == Role::player) fail_unless_orderly(*started);
  const auto remains = detect::left_behind(before_, room_.ledger(), {kept_.begin(), kept_.end()});
  if (!remains.empty()) end_with(remains.front());
  std::erase_if(started_, [](const auto& started) { return started->role == Role::player; });
}

}  // namespace ipclab::check
