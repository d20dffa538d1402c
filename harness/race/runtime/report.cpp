#include "race/runtime/report.hpp"

namespace ipclab::race {
namespace {

std::uint64_t place_of(Index stack) { return record()->nodes[stack].place; }

Index add(const Finding& finding) {
  Record& r = *record();
  const std::uint64_t one = place_of(finding.one.stack), two = place_of(finding.two.stack);
  const auto same_pair = [&](Index i) {
    const Finding& there = r.findings[i];
    const std::uint64_t a = place_of(there.one.stack), b = place_of(there.two.stack);
    return there.fault == finding.fault && ((a == one && b == two) || (a == two && b == one));
  };
  Index added = 0;
  interned(r.finding_index, kFindings * 2, mixed(one ^ two), same_pair, [&] {
    const Index fresh = grow(r.findings_used, kFindings);
    if (fresh) {
      r.findings[fresh] = finding;
      r.findings[fresh].step = r.steps_used.load();
    }
    return added = fresh;
  });
  return added;
}

}  // namespace

Index report_race(Index page, std::uint32_t offset, const Access& one, const Access& two) {
  return add({Fault::race, page, offset, 0, one, two, 0});
}

void report_misuse(Fault fault, Index sync, Index stack_one, Index stack_two) {
  const Sync& where = record()->syncs[sync];
  add({fault, where.page, where.offset, sync, {stack_one, 0, 0, 0}, {stack_two, 0, 0, 0}, 0});
}

void report_stuck(Index stack_one, Index stack_two) {
  add({Fault::stuck, 0, 0, 0, {stack_one, 0, 0, 0}, {stack_two, 0, 0, 0}, 0});
}

}  // namespace ipclab::race
