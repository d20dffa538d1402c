#include "race/words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/cause.hpp"

namespace ipclab::race {
namespace {

const char* tag(Fault fault) {
  switch (fault) {
    case Fault::race:
      return "RACE";
    case Fault::not_shared:
      return "NOT-SHARED";
    case Fault::not_owner:
      return "NOT-OWNER";
    case Fault::wait_without_lock:
      return "NO-LOCK";
    case Fault::stuck:
      return "STUCK";
  }
  return "?";
}

std::string holding(const Side& side) {
  if (side.holds.empty()) return "holding no lock";
  std::string text = "holding ";
  for (std::size_t i = 0; i < side.holds.size(); ++i)
    text += fmt::format("{}{} since {}", i ? ", " : "", side.holds[i].lock, side.holds[i].since.text());
  return text;
}

std::string in_function(const Side& side) {
  const Place& place = side.place();
  return place.function.empty() ? place.text() : fmt::format("{}, {}", place.function, place.text());
}

void add_side(ipclab::Finding& finding, const Side& side, const std::string& what) {
  finding.table.push_back({side.who, what, in_function(side)});
  for (std::size_t i = 0, shown = 0; i < side.stack.size() && shown < 4; ++i) {
    const Place& place = side.stack[i];
    if (place.library || place.file.empty() || place == side.place()) continue;
    finding.table.push_back({"", "called from", fmt::format("{}, {}", place.function, place.text())});
    ++shown;
  }
}

std::string subject(const Report& report) {
  return report.variable.empty() ? report.where : fmt::format("{} ({})", report.variable, report.where);
}

std::string overtaking(const Reordered& it) {
  return fmt::format(
      "In this schedule the load at {} by {} overtook its store at {}, which therefore was not seen at {}. "
      "Release and acquire allow that, and processors do it: only sequentially consistent operations, a "
      "fence "
      "of that kind between them, or an exchange keep a store before a later load of something else.",
      it.load.text(), it.who, it.store.text(), it.missed.text());
}

ipclab::Finding race(const Report& report) {
  ipclab::Finding finding;
  finding.cause = cause::kRace;
  finding.expected =
      fmt::format("every access to {} is ordered with every other that it conflicts with", subject(report));
  finding.observed = fmt::format("{} and {} access {} in no order", report.one.place().text(),
                                 report.two.place().text(), subject(report));
  for (const Side* side : {&report.one, &report.two}) {
    add_side(finding, *side, side->how);
    finding.table.push_back({"", holding(*side), ""});
  }
  if (!report.mapped_at.file.empty())
    finding.table.push_back(
        {report.where.substr(0, report.where.rfind('+')), "mapped at", report.mapped_at.text()});
  finding.because =
      report.own_copies
          ? "Each process holds its own copy of the lock: it lies in memory that fork copies, and the copies "
            "know nothing "
            "of each other. A lock orders processes only when it lies in memory that they share and is "
            "initialised "
            "process-shared."
          : "Nothing passes from one side to the other between the two accesses: no lock that both take, no "
            "semaphore, "
            "message, atomic release and acquire, fork or wait. Either may come first, or both at once.";
  if (report.reordered) finding.because += " " + overtaking(*report.reordered);
  finding.next = {"pthreads(7)", "shm_overview(7)"};
  return finding;
}

/// What may have begun it: a signal that came too early, or locks taken in different orders.
std::string why_stuck(const std::vector<Side>& waiting) {
  for (const Side& side : waiting)
    if (side.unheard)
      return fmt::format(
          "{} has waited for {} since after its last signal, by {} at {}, which found nobody waiting. A "
          "signal "
          "is not kept for later: what is waited for must be changed, and looked at, so that none comes "
          "between the look and the wait.",
          side.who, side.unheard->object, side.unheard->who, side.unheard->place.text());
  const auto holders = std::ranges::count_if(waiting, [](const Side& side) { return !side.holds.empty(); });
  return holders > 1
             ? "Who waits for a lock keeps those that it has. Taken in one order by everybody, no circle of "
               "waiters can close."
             : "Whoever could have ended a wait waits as well, or has ended without doing it.";
}

ipclab::Finding stuck(const Report& report) {
  ipclab::Finding finding;
  finding.cause = cause::kStuck;
  finding.expected = "somebody can always go on";
  finding.observed = "everybody waits, and nobody is left who could end a wait";
  for (const Side& side : report.waiting) {
    add_side(finding, side, "waits");
    if (!side.holds.empty()) finding.table.push_back({"", holding(side), ""});
  }
  finding.because = report.reordered ? overtaking(*report.reordered) : why_stuck(report.waiting);
  finding.next = {"pthread_cond_wait(3)", "sem_overview(7)"};
  return finding;
}

ipclab::Finding misuse(const Report& report) {
  ipclab::Finding finding;
  const std::string object = fmt::format("{} {}", report.object, report.where);
  if (report.fault == Fault::not_shared) {
    finding.cause = cause::kNotShared;
    finding.expected = fmt::format("a {} that several processes use is initialised for that", report.object);
    finding.observed = fmt::format("{} is used by two processes, but is made for the threads of one", object);
    add_side(finding, report.one, "uses it");
    add_side(finding, report.two, "uses it");
    if (!report.made_at.file.empty())
      finding.table.push_back({object, "initialised at", report.made_at.text()});
    finding.because =
        "Without the attribute PTHREAD_PROCESS_SHARED (or a pshared of 1 for sem_init) the wake-up of a "
        "waiter in another process may never arrive, and POSIX promises nothing.";
  } else if (report.fault == Fault::not_owner) {
    finding.cause = cause::kNotOwner;
    finding.expected = fmt::format("a {} is unlocked by whoever locked it", report.object);
    finding.observed = fmt::format("{} is unlocked while {} has it locked", object, report.one.who);
    add_side(finding, report.two, "unlocks it");
  } else {
    finding.cause = cause::kWaitWithoutLock;
    finding.expected = "whoever waits on a condition has locked its mutex";
    finding.observed = fmt::format("a wait begins without {} being locked by the waiter", object);
    add_side(finding, report.two, "waits");
  }
  finding.next = {"pthread_mutexattr_setpshared(3)", "pthread_cond_wait(3)"};
  return finding;
}

}  // namespace

std::string first_line(const Report& report) {
  if (report.fault == Fault::stuck)
    return fmt::format("STUCK {} {}", report.one.place().text(), report.two.place().text());
  return fmt::format("{} {} {} {}{}{}", tag(report.fault), report.one.place().text(),
                     report.two.place().text(), report.where, report.variable.empty() ? "" : " ",
                     report.variable);
}

ipclab::Finding finding(const Report& report) {
  if (report.fault == Fault::race) return race(report);
  return report.fault == Fault::stuck ? stuck(report) : misuse(report);
}

std::string interleaving(const Reports& reports) {
  std::vector<std::string> tasks;
  std::size_t width = 0;
  for (const Scheduled& step : reports.schedule) {
    if (std::ranges::find(tasks, step.who) == tasks.end()) tasks.push_back(step.who);
    width = std::max({width, step.who.size(), step.what.size() + 1 + step.place.text().size()});
  }
  if (tasks.empty()) return "";
  std::string text = "  schedule  ";
  for (const std::string& who : tasks) text += fmt::format("{:<{}}  ", who, width);
  text += '\n';
  for (const Scheduled& step : reports.schedule) {
    const auto column = static_cast<std::size_t>(std::ranges::find(tasks, step.who) - tasks.begin());
    text += fmt::format("{:{}}{} {}\n", "", 12 + column * (width + 2), step.what, step.place.text());
  }
  return text;
}

}  // namespace ipclab::race
