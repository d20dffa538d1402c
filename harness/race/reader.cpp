#include "race/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>

namespace ipclab::race {
namespace {

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::atomic:
      return "futex";
    case Kind::mutex:
      return "mutex";
    case Kind::rwlock:
      return "rwlock";
    case Kind::spinlock:
      return "spinlock";
    case Kind::condition:
      return "condition";
    case Kind::barrier:
      return "barrier";
    case Kind::semaphore:
      return "semaphore";
    case Kind::file_lock:
      return "file lock";
    case Kind::sysv_semaphore:
      return "semaphore set";
    default:
      return "object";
  }
}

const char* name_of(What what) {
  switch (what) {
    case What::access:
      return "accesses";
    case What::atomic:
      return "atomic";
    case What::lock:
      return "locks";
    case What::unlock:
      return "unlocks";
    case What::wait:
      return "waits";
    case What::wake:
      return "wakes";
    case What::wait_semaphore:
      return "takes";
    case What::post:
      return "posts";
    case What::send:
      return "sends";
    case What::receive:
      return "receives";
    case What::start:
      return "starts";
    case What::join:
      return "joins";
    case What::sleep:
      return "sleeps";
    case What::seen:
      return "store seen";
    case What::end:
      return "ends";
  }
  return "?";
}

// Bounds far beyond what is ever recorded, for records that programs have spoilt.
constexpr unsigned kDeepestStack = 600, kDeepestTree = 64, kMostHeld = 64;
constexpr std::size_t kMostWaiting = kSlots, kMostReports = 64;

/// An entry of a table; the empty one for what is none of its numbers.
template <typename Entry, std::size_t size>
const Entry& in(const Entry (&table)[size], Index index) {
  return table[index < size ? index : 0];
}

/// In libstdc++ 12 std::atomic<std::shared_ptr> unlocks itself by a relaxed operation (GCC bug 101761), and
/// std::ctype keeps what it has computed without a lock (77704: std::regex in two threads). The order that
/// their users may rely on is there.
bool is_the_librarys_own(const Report& report) {
  const auto inside = [&](std::string_view file) {
    return std::ranges::all_of(std::array{&report.one, &report.two}, [&](const Side* side) {
      const auto program = std::ranges::find(side->stack, false, &Place::library);
      return std::ranges::find(side->stack.begin(), program, file, &Place::file) != program;
    });
  };
  return report.fault == Fault::race && (inside("shared_ptr_atomic.h") || inside("locale_facets.h"));
}

class Reader {
 public:
  Reader(const Record& record, const Reading& reading)
      : r_(record), reading_(reading), symbols_(record, reading.open) {}

  Reports read() {
    Reports reports;
    reports.complete = r_.full.load() == 0;
    if (!reports.complete) reports.limit = limit_reached();
    reports.processes = static_cast<int>(r_.processes_used.load());
    const Index last = std::min<Index>(r_.findings_used.load(), kFindings - 1);
    std::set<std::tuple<Fault, std::string, std::string>> seen;
    for (Index i = 1; i <= last && reports.all.size() < kMostReports; ++i) {
      if (r_.findings[i].one.stack == 0) continue;  // its writer was killed while it wrote
      Report report = report_of(r_.findings[i]);
      if (is_the_librarys_own(report)) continue;
      if (seen.emplace(report.fault, report.one.place().text(), report.two.place().text()).second)
        reports.all.push_back(std::move(report));
    }
    if (!reports.all.empty()) reports.schedule = schedule(reports.all.front());
    return reports;
  }

 private:
  std::string limit_reached() const {
    if (r_.tasks_used.load() >= kTasks - 1) return fmt::format("{} processes and threads", kTasks - 2);
    if (r_.processes_used.load() >= kProcesses - 1) return fmt::format("{} processes", kProcesses - 2);
    if (r_.pages_used.load() >= kPages - 1)
      return fmt::format("{} MiB of shared memory", std::uint64_t{kPages} * kPageSize >> 20);
    if (r_.nodes_used.load() >= kNodes / 2 - 1) return fmt::format("{} different stacks", kNodes / 2);
    if (r_.regions_used.load() >= kRegions - 1) return fmt::format("{} pieces of shared memory", kRegions);
    if (r_.slots_used.load() >= kSlots) return fmt::format("{} processes and threads at a time", kSlots);
    return "what the record has room for";
  }

  std::string process_name(Index index, unsigned depth = 0) {
    const Process& process = in(r_.processes, index);
    const Index parent = process.parent;
    if (parent && depth < kDeepestTree)
      return fmt::format("{}, child {}", process_name(parent, depth + 1), process.child);
    std::string& name = names_[index];
    if (!name.empty()) return name;
    if (reading_.name_of) name = reading_.name_of(process.pid);
    return name.empty() ? name = numbered_program(index) : name;
  }

  /// Of several that execute the same file, the how-manieth.
  std::string numbered_program(Index index) {
    if (programs_.empty())
      for (Index i = 0; i <= r_.processes_used.load() && i < kProcesses; ++i)
        programs_.push_back(r_.processes[i].parent ? "" : program_of(r_.processes[i]));
    const std::string program = program_of(in(r_.processes, index));
    std::size_t same = 0, number = 0;
    for (Index i = 1; i < programs_.size(); ++i) {
      if (programs_[i] != program) continue;
      ++same;
      if (i == index) number = same;
    }
    return same > 1 ? fmt::format("{} {}", program, number) : program;
  }

  std::string program_of(const Process& process) const {
    return std::filesystem::path(text_of(in(r_.images, process.image).program)).filename();
  }

  std::string task_name(Index index) {
    const Task& task = in(r_.tasks, index);
    const std::string name = process_name(task.process);
    return task.number ? fmt::format("{}, thread {}", name, task.number) : name;
  }

  const Node& root_of(Index stack) const {
    for (unsigned depth = 0; in(r_.nodes, stack).below && depth < kDeepestStack; ++depth)
      stack = in(r_.nodes, stack).below;
    return in(r_.nodes, stack);
  }

  std::vector<Place> stack(Index top) {
    const auto image = static_cast<Index>(root_of(top).place);
    std::vector<Place> places;
    for (Index i = top; in(r_.nodes, i).below && places.size() < kDeepestStack; i = in(r_.nodes, i).below)
      for (const Place& place : symbols_.at(image, in(r_.nodes, i).place)) places.push_back(place);
    return places;
  }

  /// The locks of a set, and where each was taken.
  std::vector<std::pair<Index, Index>> held(Index locks) const {
    std::vector<std::pair<Index, Index>> all;
    for (Index i = locks; i && all.size() < kMostHeld; i = in(r_.lock_sets, i).below)
      all.emplace_back(in(r_.lock_sets, i).sync, in(r_.lock_sets, i).stack);
    return all;
  }

  std::vector<Side::Held> held_by_name(Index locks) {
    std::vector<Side::Held> all;
    for (const auto& [sync, since] : held(locks))
      all.push_back({lock_name(in(r_.syncs, sync)), headline(stack(since))});
    return all;
  }

  static Place headline(const std::vector<Place>& stack) {
    Side side;
    side.stack = stack;
    return side.place();
  }

  std::string where(Index page, std::uint32_t offset) const {
    const Page& p = in(r_.pages, page);
    const Region& region = in(r_.regions, p.region);
    const std::uint64_t at = (p.number << kPageShift) + offset;
    if (region.kind == Memory::own) return "own-memory";  // its address differs from run to run
    return fmt::format("{}+{:#x}", text_of(region.name), at);
  }

  std::string lock_name(const Sync& sync) {
    if (sync.page) return fmt::format("{} {}", name_of(sync.kind), where(sync.page, sync.offset));
    const bool kernels = sync.kind == Kind::file_lock || sync.kind == Kind::sysv_semaphore;
    return fmt::format("{}{}", name_of(sync.kind), kernels ? "" : " in own memory");
  }

  Side side(const Access& access) {
    Side side;
    side.stack = stack(access.stack);
    side.who = task_name(root_of(access.stack).task);
    side.how = fmt::format("{} {} byte{}{}", access.how & kWrite ? "writes" : "reads", access.size,
                           access.size == 1 ? "" : "s", access.how & kAtomic ? ", atomic" : "");
    side.holds = held_by_name(access.locks);
    return side;
  }

  /// Both hold a lock at the same address of their own memory: fork copied it.
  bool own_copies(const Access& one, const Access& two) const {
    for (const auto& [a, a_since] : held(one.locks))
      for (const auto& [b, b_since] : held(two.locks)) {
        const Sync& x = in(r_.syncs, a);
        const Sync& y = in(r_.syncs, b);
        if (!x.page && !y.page && a != b && x.kind == y.kind && x.key[2] == 1 && x.key[1] == y.key[1])
          return true;
      }
    return false;
  }

  /// Everybody who waited at the end.
  std::vector<Side> waiting() {
    told_waiting_ = true;  // there is one end
    std::vector<Side> all;
    for (Index i = 1; i <= r_.tasks_used.load() && i < kTasks && all.size() < kMostWaiting; ++i) {
      const Task& task = r_.tasks[i];
      if (task.state.load() == kEnded || task.state.load() == kFree || !task.waits_at) continue;
      if (in(r_.processes, task.process).ended.load()) continue;
      Side side;
      side.who = task_name(i);
      side.stack = stack(task.waits_at);
      side.holds = held_by_name(task.locks);
      side.unheard = unheard(in(r_.syncs, task.object));
      all.push_back(std::move(side));
    }
    return all;
  }

  std::optional<Side::Unheard> unheard(const Sync& sync) {
    if (!sync.unheard) return std::nullopt;
    return Side::Unheard{lock_name(sync), task_name(root_of(sync.unheard).task),
                         headline(stack(sync.unheard))};
  }

  std::optional<Reordered> reordered() {
    const Reordering& there = r_.reordered;
    if (!there.missed) return std::nullopt;
    return Reordered{task_name(root_of(there.store).task), headline(stack(there.store)),
                     headline(stack(there.load)), headline(stack(there.missed))};
  }

  std::vector<Scheduled> schedule(const Report& report) {
    std::vector<Scheduled> steps;
    const std::size_t last = report.step, all = r_.steps_used.load();
    for (std::size_t i = last > kStepsShown ? last - kStepsShown + 1 : 1; i <= last; ++i) {
      const Step& step = r_.steps_taken[i % kSteps];
      if (step.stack && all < i + kSteps)  // else it is a later one
        steps.push_back({task_name(step.task), name_of(step.what), headline(stack(step.stack))});
    }
    return steps;
  }

  Report report_of(const Finding& finding) {
    Report report;
    report.fault = finding.fault;
    report.step = finding.step;
    if (finding.fault == Fault::stuck && !told_waiting_) report.waiting = waiting();
    report.where = finding.page ? where(finding.page, finding.offset) : "own-memory";
    if (const Index made_at = in(r_.regions, in(r_.pages, finding.page).region).made_at)
      report.mapped_at = headline(stack(made_at));
    if (finding.sync) {
      const Sync& sync = in(r_.syncs, finding.sync);
      report.object = name_of(sync.kind);
      if (const Index made_at = sync.made_at) report.made_at = headline(stack(made_at));
    }
    const auto image = static_cast<Index>(root_of(finding.two.stack).place);
    report.variable = symbols_.variable(image, r_.scenes[&finding - r_.findings], finding.two.size);
    report.one = side(finding.one);
    report.two = side(finding.two);
    report.own_copies = own_copies(finding.one, finding.two);
    report.reordered = reordered();
    const auto key = [](const Side& side) { return std::make_tuple(side.place().file, side.place().line); };
    if (finding.fault == Fault::race && key(report.two) < key(report.one)) std::swap(report.one, report.two);
    return report;
  }

  const Record& r_;
  const Reading& reading_;
  Symbols symbols_;
  std::map<Index, std::string> names_;  // of processes
  std::vector<std::string> programs_;   // … of theirs, by process
  bool told_waiting_ = false;
};

}  // namespace

const Place& Side::place() const {
  static const Place unknown;
  for (const Place& place : stack)
    if (!place.file.empty() && !place.library) return place;
  return stack.empty() ? unknown : stack.front();
}

Reports read(const Record& record, const Reading& reading) { return Reader(record, reading).read(); }

}  // namespace ipclab::race
