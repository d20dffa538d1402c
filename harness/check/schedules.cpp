#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "base/fd.hpp"
#include "base/syscall.hpp"
#include "check/check.hpp"
#include "check/outcome.hpp"
#include "check/session.hpp"

namespace ipclab::check {
namespace {

/// The one that is to be run again (ipclab check --schedule).
std::optional<std::uint64_t> chosen_schedule() {
  const char* text = std::getenv("IPCLAB_SCHEDULE");
  return text && *text ? std::optional(std::strtoull(text, nullptr, 0)) : std::nullopt;
}

std::string replay(std::uint64_t schedule) {
  const char* lab = std::getenv("IPCLAB_LAB");
  const std::string& name = outcome().check();
  return fmt::format("ipclab check {} \"{}\" --schedule {} -v", lab ? lab : "LAB",
                     name.substr(0, name.find_first_of(",:;")), schedule);
}

/// One schedule in the room; leaves by CheckEnded when it fails.
void play(Room& room, std::uint64_t schedule, const std::function<void(Room&)>& scenario) {
  Session& session = room.session();
  session.records(schedule);
  session.random().seed(schedule);
  outcome().log("check", fmt::format("schedule {}", schedule));
  try {
    scenario(room);
    session.end_schedule();
  } catch (const CheckEnded&) {
    session.explain_by_races();
    outcome().replays_with(replay(schedule));
    throw;
  }
}

/// Every second schedule, tried beside us by a process of its own, for the sake of the second core. It only
/// says which of them fails; whoever wants to know how plays that one again.
class Beside {
 public:
  Beside(std::uint64_t first, std::uint64_t last, const std::function<void(Room&)>& scenario) {
    child_ = checked(::fork(), "fork");
    if (child_ != 0) {
      told_.write.reset();
      return;
    }
    wanted_.write.reset();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const std::uint64_t failing = first_failing(first, last, scenario);
    [[maybe_unused]] const ssize_t told = ::write(told_.write.get(), &failing, sizeof failing);
    ::_exit(0);
  }
  ~Beside() {
    wanted_.write.reset();  // it stops before its next schedule
    retried([&] { return ::waitpid(child_, nullptr, 0); });
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

  /// The first of its schedules that fails. Waits for it.
  std::optional<std::uint64_t> failing() {
    std::uint64_t schedule = 0;
    if (retried([&] { return ::read(told_.read.get(), &schedule, sizeof schedule); }) != sizeof schedule)
      throw std::runtime_error("the process that plays every second schedule has ended too early");
    return schedule ? std::optional(schedule) : std::nullopt;
  }

 private:
  /// 0: none.
  std::uint64_t first_failing(std::uint64_t first, std::uint64_t last,
                              const std::function<void(Room&)>& scenario) const {
    std::uint64_t schedule = first;
    try {
      Room room(kWatchingRaces);
      for (pollfd unwanted{wanted_.read.get(), POLLIN, 0}; schedule <= last && ::poll(&unwanted, 1, 0) == 0;
           schedule += 2)
        play(room, schedule, scenario);
      return 0;
    } catch (...) {
      return schedule;
    }
  }

  PipeEnds wanted_ = make_pipe(), told_ = make_pipe();
  pid_t child_ = 0;
};

}  // namespace

void under_schedules(int count, const std::function<void(Room&)>& scenario) {
  if (const auto chosen = chosen_schedule()) {
    Room room(kWatchingRaces);
    return play(room, *chosen, scenario);
  }
  const auto last = static_cast<std::uint64_t>(count);
  Beside beside(2, last, scenario);
  {
    Room room(kWatchingRaces);
    for (std::uint64_t schedule = 1; schedule <= last; schedule += 2) play(room, schedule, scenario);
  }
  if (const auto failing = beside.failing()) {
    Room room(kWatchingRaces);
    play(room, *failing, scenario);
    throw std::runtime_error(fmt::format("schedule {} has failed, and has not failed again", *failing));
  }
}

}  // namespace ipclab::check
