#include <fmt/format.h>

#include <cstdlib>

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

}  // namespace

void under_schedules(int count, const std::function<void(Room&)>& scenario) {
  const auto chosen = chosen_schedule();
  const std::uint64_t first = chosen.value_or(1), last = chosen ? *chosen : static_cast<std::uint64_t>(count);
  Room room(kWatchingRaces);
  Session& session = room.session();
  for (std::uint64_t schedule = first; schedule <= last; ++schedule) {
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
}

}  // namespace ipclab::check
