#include "race/words.hpp"

#include <fmt/format.h>

#include "model/cause.hpp"

namespace ipclab::race {
namespace {

const char* tag(Fault fault) {
  switch (fault) {
    case Fault::race:
      return "RACE";
    case Fault::not_shared:
      return "NOT-SHARED";
    case Fault::own_lock:
      return "OWN-LOCK";
    case Fault::not_owner:
      return "NOT-OWNER";
    case Fault::wait_without_lock:
      return "NO-LOCK";
    case Fault::lost_signal:
      return "LOST-SIGNAL";
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

ipclab::Finding race(const Report& report) {
  ipclab::Finding finding;
  finding.cause = cause::kRace;
  finding.expected =
      fmt::format("every access to {} is ordered with every other that it conflicts with", report.where);
  finding.observed = fmt::format("{} and {} access {} in no order", report.one.place().text(),
                                 report.two.place().text(), report.where);
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
  finding.next = {"pthreads(7)", "shm_overview(7)"};
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
  return fmt::format("{} {} {} {}", tag(report.fault), report.one.place().text(), report.two.place().text(),
                     report.where);
}

ipclab::Finding finding(const Report& report) {
  return report.fault == Fault::race ? race(report) : misuse(report);
}

}  // namespace ipclab::race
