// The waiting of Session: what ends a wait well, and every way in which it can be proved that it never will.

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <stdexcept>

#include "check/outcome.hpp"
#include "check/session.hpp"
#include "check/status.hpp"
#include "detect/remains.hpp"
#include "detect/stuck.hpp"
#include "detect/words.hpp"
#include "model/cause.hpp"

namespace ipclab::check {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Evidence is CPU time that was used and states that were seen; these say how much of it is enough.
constexpr milliseconds kSpinningCpu{300};    // burnt where there is nothing to do
constexpr milliseconds kComputingCpu{3000};  // burnt where there may be something to do
constexpr milliseconds kPollingWindow{300};
constexpr milliseconds kSleepingWindow{1500};
constexpr double kShortWait = 1;  // seconds: a timed wait that is shorter is polling
constexpr milliseconds kLimitsPeriod{200};

bool asleep_without_timer(const Snapshot& snapshot) {
  for (const ipclab::Process& process : snapshot.processes) {
    if (process.zombie) continue;
    for (const Thread& thread : process.threads)
      if (thread.activity != Activity::blocked && thread.activity != Activity::stopped && !process.held)
        return false;
  }
  if (snapshot.data_in_flight) return false;
  return std::ranges::none_of(detect::wait_edges(snapshot), &detect::WaitEdge::by_itself);
}

std::string sentence(const Snapshot& snapshot, pid_t pid) {
  const ipclab::Process* process = snapshot.find(pid);
  if (!process) return "the process has ended";
  return fmt::format("{} is {}", process->name, detect::activity_sentence(snapshot, *process));
}

bool any_thread(const Snapshot& snapshot, pid_t pid, const auto& predicate) {
  const ipclab::Process* process = snapshot.find(pid);
  return process && std::ranges::any_of(process->threads, predicate);
}

/// Its own: what others may do to end the wait is not asked, nor seen in a picture of one process.
bool has_time_limit(const Snapshot& snapshot, const Thread& thread) {
  return thread.wait.time_out_seconds || std::ranges::any_of(thread.wait.any_of, [&](const Target& target) {
           return target.object >= 0 &&
                  snapshot.objects[static_cast<std::size_t>(target.object)].kind == ObjectKind::timerfd;
         });
}

/// The wait that a check asks for, looked for in pictures of its process.
struct AskedWait {
  pid_t pid;
  const std::string& call;  // empty: any
  const std::string& object;

  bool on_object(const Snapshot& snapshot) const {
    return any_thread(snapshot, pid, [&](const Thread& thread) { return there(snapshot, thread); });
  }
  bool is_met(const Snapshot& snapshot) const {
    return any_thread(snapshot, pid, [&](const Thread& thread) {
      return there(snapshot, thread) && (call.empty() || detect::waits_in(thread, call));
    });
  }
  bool wakes_by_itself(const Snapshot& snapshot) const {
    const ipclab::Process* process = snapshot.find(pid);
    return process && (process->timer_armed || any_thread(snapshot, pid, [&](const Thread& thread) {
                         return has_time_limit(snapshot, thread);
                       }));
  }

 private:
  /// Asleep until somebody acts. A wait that ends by itself in a moment is a way of looking again and again.
  bool there(const Snapshot& snapshot, const Thread& thread) const {
    return thread.activity == Activity::blocked && detect::waits_on(snapshot, thread, object) &&
           thread.wait.time_out_seconds.value_or(kShortWait) >= kShortWait;
  }
};

/// Nobody is running, or is stopped for a moment by the tracer. Who is held stays so until the check lets it
/// go on. Who lets time pass (`naps`) may be about to begin.
bool at_rest(const Snapshot& snapshot, bool naps_count) {
  return std::ranges::all_of(snapshot.processes, [&](const ipclab::Process& process) {
    return process.zombie || process.held || std::ranges::none_of(process.threads, [&](const Thread& thread) {
             return thread.activity == Activity::running ||
                    (thread.activity == Activity::sleeping && !naps_count);
           });
  });
}

}  // namespace

std::optional<Snapshot> Session::asleep_for_good() {
  if (!watch_->quiet() && !watch_->empty()) return std::nullopt;
  Snapshot snapshot = look(0);
  // What the tree did before it fell asleep may still be on its way to us.
  if (turn(false) || !link_rests()) return std::nullopt;
  if (!watch_->empty() && !snapshot.proved) return std::nullopt;
  if (init_has_news(snapshot)) return std::nullopt;
  if (!asleep_without_timer(snapshot)) return std::nullopt;
  snapshot.watcher_waits = true;
  return snapshot;
}

/// An end that init has yet to see or to tell: the tree rests, but the room does not.
bool Session::init_has_news(const Snapshot& snapshot) const {
  const auto lives = [&](pid_t pid) {
    const ipclab::Process* process = snapshot.find(pid);
    return process && !process->zombie;
  };
  return std::ranges::any_of(started_, [&](const auto& s) { return !s->status && !lives(s->pid); }) ||
         std::ranges::any_of(snapshot.processes, [&](const ipclab::Process& process) {
           return process.zombie && process.parent == room_.init_pid();
         });
}

void Session::wait_for(const std::string& expected, pid_t subject, const std::function<bool()>& done) {
  if (scheduled() && !is_bystander(subject)) {
    play();
    if (!done()) fail_after_the_end(expected, subject);
    return;
  }
  if (scheduled() && first_living()) throw std::logic_error("a bystander acts before a schedule or after it");
  const auto began = steady_clock::now();
  auto limits_due = began + kLimitsPeriod;
  const auto cpu_before = subject ? watch_->cpu_time(subject) : std::chrono::microseconds(0);
  if (done()) return;
  for (;;) {
    turn(true);
    if (done()) return;
    guard_end(expected, subject);
    watch_->look();
    if (auto snapshot = asleep_for_good()) {
      if (done()) return;
      guard_end(expected, subject);
      fail_asleep(expected, subject, std::move(*snapshot));
    }
    const auto now = steady_clock::now();
    if (now < limits_due) continue;
    limits_due = now + kLimitsPeriod;
    check_limits(expected);
    if (subject && watch_->cpu_time(subject) - cpu_before > kComputingCpu)
      fail_busy(expected, subject, cause::kSpins,
                fmt::format("has used {} s of the CPU, and is still running",
                            kComputingCpu / std::chrono::seconds(1)));
    if (now - began > kPatience) fail_no_progress(expected, subject);
  }
}

void Session::wait_for_block(const std::string& expected, pid_t pid, const std::string& call,
                             const std::string& object, const std::function<std::string()>& returned,
                             bool for_good) {
  not_under_schedules("whether somebody waits");
  const AskedWait asked{pid, call, object};
  const auto began = steady_clock::now();
  const auto cpu_before = watch_->cpu_time(pid);
  auto limits_due = began + kLimitsPeriod;
  const auto guard_returned = [&] {
    if (std::string what = returned(); !what.empty())
      end_with({cause::kDoesNotBlock, expected, std::move(what), {}, "", {}});
  };
  for (;;) {
    turn(true);
    guard_returned();
    guard_end(expected, pid);
    watch_->look();
    if (watch_->quiet(pid) && link_rests()) {
      Snapshot snapshot = look(pid);
      if (snapshot.proved && asked.on_object(snapshot)) {
        if (!call.empty()) watch_->symbolize(snapshot);
        if (for_good && asked.wakes_by_itself(snapshot)) {
          if (steady_clock::now() - began > kSleepingWindow)
            fail_busy(expected, pid, cause::kPolls, "sleeps with a time-out, and wakes by itself to look");
        } else if (asked.is_met(snapshot)) {
          turn(false);  // an answer given before it fell asleep
          guard_returned();
          outcome().log(name_of(pid), detect::activity_sentence(snapshot, *snapshot.find(pid)));
          return;
        }
      }
    }
    if (auto snapshot = asleep_for_good()) {
      guard_returned();
      guard_end(expected, pid);
      // What was still on the link a moment ago has arrived, and it is asleep where it should be.
      if (!call.empty()) watch_->symbolize(*snapshot);
      if (asked.is_met(*snapshot)) continue;
      fail_elsewhere(expected, pid, std::move(*snapshot));
    }
    const auto now = steady_clock::now();
    if (now < limits_due) continue;
    limits_due = now + kLimitsPeriod;
    check_limits(expected);
    if (watch_->cpu_time(pid) - cpu_before > kSpinningCpu)
      fail_busy(expected, pid, cause::kSpins, "burns CPU instead of sleeping");
    guard_looking(expected, pid, now - began);
  }
}

/// Who should be asleep until something happens, and wakes by himself to look whether it has.
void Session::guard_looking(const std::string& expected, pid_t pid, std::chrono::nanoseconds waited) {
  const Snapshot snapshot = look(pid);
  const ipclab::Process* process = snapshot.find(pid);
  const Activity activity = process ? process->activity : Activity::exited;
  const bool short_waits = any_thread(snapshot, pid, [](const Thread& thread) {
    return !thread.wait.any_of.empty() && thread.wait.time_out_seconds.value_or(kShortWait) < kShortWait;
  });
  if ((activity == Activity::polling && waited > kPollingWindow) || (short_waits && waited > kSleepingWindow))
    fail_busy(expected, pid, cause::kPolls, "wakes by itself again and again to look");
  if (activity == Activity::sleeping && waited > kSleepingWindow)
    fail_busy(expected, pid, cause::kSleeps, "sleeps for a time instead of waiting for the event");
  if (waited > kPatience) fail_no_progress(expected, pid);
}

/// After looks that found nobody running. Who naps is given a while: it may be a slow start.
bool Session::has_settled(pid_t pid, std::chrono::nanoseconds waited) {
  const Snapshot snapshot = look(pid);
  const bool rests = watch_->empty() || (snapshot.proved && at_rest(snapshot, waited > kSleepingWindow));
  return rests && !turn(false) && link_rests() && (pid || !init_has_news(snapshot));
}

bool Session::comes(const std::function<bool()>& done) {
  not_under_schedules("what comes before rest");
  const auto began = steady_clock::now();
  const auto cpu = [&] {
    std::chrono::microseconds used(0);
    for (const auto& started : started_)
      if (!started->status) used += watch_->cpu_time(started->pid);
    return used;
  };
  const auto cpu_before = cpu();
  auto limits_due = began + kLimitsPeriod;
  if (done()) return true;
  for (;;) {
    turn(true);
    if (done()) return true;
    watch_->look();
    if ((watch_->quiet() || watch_->empty()) && has_settled(0, steady_clock::now() - began)) return done();
    const auto now = steady_clock::now();
    if (now < limits_due) continue;
    limits_due = now + kLimitsPeriod;
    if (cpu() - cpu_before > kComputingCpu || now - began > kPatience) return done();
  }
}

void Session::settle(pid_t pid) {
  not_under_schedules("what rests");
  const auto began = steady_clock::now();
  for (bool first = true;; first = false) {
    turn(!first);
    if (pid && (gone(pid) || held(pid))) return;
    watch_->look();
    const auto waited = steady_clock::now() - began;
    if (pid ? watch_->quiet(pid) : watch_->quiet() || watch_->empty()) {
      if (has_settled(pid, waited)) return;
    } else if (waited > kPollingWindow) {
      // Looping for a lock is a way of waiting too: some correct programs try, back off and try again.
      const Snapshot snapshot = look(pid);
      const auto loops = [&](const ipclab::Process& p) {
        if (p.activity == Activity::sleeping) return waited > kSleepingWindow;
        return p.held || (p.activity != Activity::running && p.activity != Activity::stopped);
      };
      if (std::ranges::all_of(snapshot.processes, loops)) return;
    }
    if (waited > kPatience) fail_no_progress("the programs come to rest", pid);
  }
}

void Session::guard_end(const std::string& expected, pid_t subject) {
  if (!subject) return;
  Started* started = find_started(subject);
  if (!started) {
    if (watch_->snapshot(subject).find(subject) == nullptr)
      end_with({cause::kEndedEarly, expected, "the process has ended", {}, "", {}});
    return;
  }
  if (!started->status) return;
  drain();  // the last words of the dead: answers and unfinished TODOs
  fail_ended(expected, *started);
}

void Session::fail_ended(const std::string& expected, const Started& started) {
  const int status = *started.status;
  Finding finding{
      cause::kEndedEarly, expected, fmt::format("{} {}", started.name, describe_status(status)), {}, "", {}};
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    finding.cause = cause::kKilled;
    if (signal == SIGXCPU) {
      finding.cause = cause::kTooMuchCpu;
      finding.because =
          fmt::format("The room gives each process {} seconds of CPU time.", options_.limits.cpu_seconds);
    } else if (signal == SIGXFSZ) {
      finding.cause = cause::kDiskFull;
      finding.because = fmt::format("The room lets a file grow to {} MiB.", options_.limits.scratch >> 20);
    } else if (started.complained.find("std::bad_alloc") != std::string::npos) {
      finding.cause = cause::kTooMuchMemory;
      finding.because = fmt::format("The room gives each process {} MiB of memory; new threw std::bad_alloc.",
                                    options_.limits.memory >> 20);
    }
  }
  end_with(std::move(finding));
}

void Session::fail_asleep(const std::string& expected, pid_t subject, Snapshot snapshot) {
  watch_->symbolize(snapshot);
  if (auto stopped = std::ranges::find(snapshot.processes, Activity::stopped, &ipclab::Process::activity);
      stopped != snapshot.processes.end() && !stopped->held && (!subject || stopped->pid == subject))
    end_with({cause::kStopped,
              expected,
              stopped->name + " is stopped by a signal (SIGSTOP)",
              detect::wait_table(snapshot),
              "Nobody is there to send it SIGCONT.",
              {"signal(7)"}});
  if (auto finding = detect::stuck(snapshot, true, subject)) {
    finding->expected = expected;
    end_with(std::move(*finding));
  }
  Finding finding{cause::kBlocks, expected, "", detect::wait_table(snapshot), "", {}};
  finding.observed = snapshot.processes.empty() ? "every program has ended"
                     : subject                  ? sentence(snapshot, subject) + ", and nothing else happens"
                                                : "every process is asleep, and nothing else happens";
  end_with(std::move(finding));
}

void Session::fail_elsewhere(const std::string& expected, pid_t pid, Snapshot snapshot) {
  watch_->symbolize(snapshot);
  end_with(
      {cause::kBlocksElsewhere, expected, sentence(snapshot, pid), detect::wait_table(snapshot), "", {}});
}

void Session::fail_busy(const std::string& expected, pid_t pid, const char* cause, const std::string& what) {
  Snapshot snapshot = look(pid);
  watch_->symbolize(snapshot);
  end_with({cause, expected, fmt::format("{} {}", name_of(pid), what), detect::wait_table(snapshot), "", {}});
}

void Session::fail_no_progress(const std::string& expected, pid_t subject) {
  const Snapshot snapshot = look(0);
  end_with({cause::kNoProgress,
            expected,
            subject ? sentence(snapshot, subject) : "the programs have come to no end and to no rest",
            detect::wait_table(snapshot),
            "",
            {}});
}

void Session::check_limits(const std::string& expected) {
  const Snapshot snapshot = look(0);
  std::size_t tasks = 0;
  for (const ipclab::Process& process : snapshot.processes)
    tasks += std::max<std::size_t>(1, process.threads.size());
  if (tasks + 2 >= options_.limits.processes)
    end_with({cause::kTooManyProcesses,
              expected,
              fmt::format("{} processes and threads are running, as many as the room allows", tasks),
              {},
              "",
              {"fork(2)"}});
  if (watch_->private_memory() > options_.limits.memory ||
      (recording_ && recording_->bytes() > kMostRecorded))
    end_with({cause::kTooMuchMemory,
              expected,
              fmt::format("the programs have taken more than {} MiB of memory", options_.limits.memory >> 20),
              {},
              "",
              {}});
  if (room_.scratch_full())
    end_with({cause::kDiskFull, expected, "the programs have filled the room's scratch space", {}, "", {}});
}

}  // namespace ipclab::check
