#include "race/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ipclab::race {
namespace {

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

const char* name_of(Kind kind) {
  switch (kind) {
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
    case What::end:
      return "ends";
  }
  return "?";
}

class Reader {
 public:
  explicit Reader(const Record& record) : r_(record), symbols_(record) {}

  Reports read() {
    Reports reports;
    reports.complete = r_.full.load() == 0;
    reports.processes = static_cast<int>(r_.processes_used.load());
    const Index last = std::min<Index>(r_.findings_used.load(), kFindings - 1);
    std::set<std::tuple<Fault, std::string, std::string>> seen;
    for (Index i = 1; i <= last; ++i) {
      if (r_.findings[i].one.stack == 0) continue;  // its writer was killed while it wrote
      Report report = report_of(r_.findings[i]);
      if (seen.emplace(report.fault, report.one.place().text(), report.two.place().text()).second)
        reports.all.push_back(std::move(report));
    }
    if (!reports.all.empty()) reports.schedule = schedule(reports.all.front());
    return reports;
  }

 private:
  std::string process_name(Index index) {
    const Process& process = r_.processes[index];
    const std::string program = base_name(r_.images[process.image].program);
    if (process.parent) return fmt::format("{}, child {}", process_name(process.parent), process.child);
    int same = 0, number = 0;
    for (Index i = 1; i <= r_.processes_used.load() && i < kProcesses; ++i) {
      if (r_.processes[i].parent || base_name(r_.images[r_.processes[i].image].program) != program) continue;
      ++same;
      if (i == index) number = same;
    }
    return same > 1 ? fmt::format("{} {}", program, number) : program;
  }

  std::string task_name(Index index) {
    const Task& task = r_.tasks[index];
    const std::string name = process_name(task.process);
    return task.number ? fmt::format("{}, thread {}", name, task.number) : name;
  }

  const Node& root_of(Index stack) const {
    while (r_.nodes[stack].below) stack = r_.nodes[stack].below;
    return r_.nodes[stack];
  }

  std::vector<Place> stack(Index top) {
    const auto image = static_cast<Index>(root_of(top).place);
    std::vector<Place> places;
    for (Index i = top; r_.nodes[i].below; i = r_.nodes[i].below)
      for (const Place& place : symbols_.at(image, r_.nodes[i].place)) places.push_back(place);
    return places;
  }

  static Place headline(const std::vector<Place>& stack) {
    Side side;
    side.stack = stack;
    return side.place();
  }

  std::string where(Index page, std::uint32_t offset) const {
    const Page& p = r_.pages[page];
    const Region& region = r_.regions[p.region];
    const std::uint64_t at = (p.number << kPageShift) + offset;
    if (region.kind == Memory::own) return "own-memory";  // its address differs from run to run
    return fmt::format("{}+{:#x}", region.name, at);
  }

  std::string lock_name(const Sync& sync) {
    return fmt::format("{} {}", name_of(sync.kind),
                       sync.page ? where(sync.page, sync.offset) : "in own memory");
  }

  Side side(const Access& access) {
    Side side;
    side.stack = stack(access.stack);
    side.who = task_name(root_of(access.stack).task);
    side.how = fmt::format("{} {} byte{}{}", access.how & kWrite ? "writes" : "reads", access.size,
                           access.size == 1 ? "" : "s", access.how & kAtomic ? ", atomic" : "");
    for (Index i = access.locks; i; i = r_.lock_sets[i].below)
      side.holds.push_back(
          {lock_name(r_.syncs[r_.lock_sets[i].sync]), headline(stack(r_.lock_sets[i].stack))});
    return side;
  }

  /// Both hold a lock at the same address of their own memory: fork copied it.
  bool own_copies(const Access& one, const Access& two) const {
    for (Index a = one.locks; a; a = r_.lock_sets[a].below)
      for (Index b = two.locks; b; b = r_.lock_sets[b].below) {
        const Sync& x = r_.syncs[r_.lock_sets[a].sync];
        const Sync& y = r_.syncs[r_.lock_sets[b].sync];
        if (!x.page && !y.page && &x != &y && x.kind == y.kind && x.key[2] == 1 && x.key[1] == y.key[1])
          return true;
      }
    return false;
  }

  /// Everybody who waited at the end.
  std::vector<Side> waiting() {
    std::vector<Side> all;
    for (Index i = 1; i <= r_.tasks_used.load() && i < kTasks; ++i) {
      const Task& task = r_.tasks[i];
      if (task.state.load() == kEnded || task.state.load() == kFree || !task.waits_at) continue;
      if (r_.processes[task.process].ended.load()) continue;
      Side side;
      side.who = task_name(i);
      side.stack = stack(task.waits_at);
      for (Index set = task.locks; set; set = r_.lock_sets[set].below)
        side.holds.push_back(
            {lock_name(r_.syncs[r_.lock_sets[set].sync]), headline(stack(r_.lock_sets[set].stack))});
      all.push_back(std::move(side));
    }
    return all;
  }

  std::vector<Scheduled> schedule(const Report& report) {
    std::vector<Scheduled> steps;
    const std::size_t last = std::min<std::size_t>(report.step, kSteps - 1);
    for (std::size_t i = last > kStepsShown ? last - kStepsShown + 1 : 1; i <= last; ++i) {
      const Step& step = r_.steps_taken[i];
      if (step.stack)
        steps.push_back({task_name(step.task), name_of(step.what), headline(stack(step.stack))});
    }
    return steps;
  }

  Report report_of(const Finding& finding) {
    Report report;
    report.fault = finding.fault;
    report.step = finding.step;
    if (finding.fault == Fault::stuck) report.waiting = waiting();
    report.where = finding.page ? where(finding.page, finding.offset) : "own-memory";
    if (const Index made_at = r_.regions[r_.pages[finding.page].region].made_at)
      report.mapped_at = headline(stack(made_at));
    if (finding.sync) {
      report.object = name_of(r_.syncs[finding.sync].kind);
      if (const Index made_at = r_.syncs[finding.sync].made_at) report.made_at = headline(stack(made_at));
    }
    const auto image = static_cast<Index>(root_of(finding.two.stack).place);
    report.variable = symbols_.variable(image, r_.scenes[&finding - r_.findings], finding.two.size);
    report.one = side(finding.one);
    report.two = side(finding.two);
    report.own_copies = own_copies(finding.one, finding.two);
    const auto key = [](const Side& side) { return std::make_tuple(side.place().file, side.place().line); };
    if (finding.fault == Fault::race && key(report.two) < key(report.one)) std::swap(report.one, report.two);
    return report;
  }

  const Record& r_;
  Symbols symbols_;
};

}  // namespace

const Place& Side::place() const {
  static const Place unknown;
  for (const Place& place : stack)
    if (!place.file.empty() && !place.library) return place;
  return stack.empty() ? unknown : stack.front();
}

Reports read(const Record& record) { return Reader(record).read(); }

}  // namespace ipclab::race
