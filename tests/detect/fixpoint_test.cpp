// The stuck threads are the greatest set that is closed, in random worlds too.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "detect/stuck.hpp"
#include "world.hpp"

using namespace ipclab;

namespace {

World random_world(std::mt19937& random) {
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  World world;
  std::vector<int> pids, pipes;
  for (int i = 0, n = 1 + below(7); i < n; ++i) {
    pids.push_back(world.process("process " + std::to_string(i)));
    if (below(3) == 0) world.add_thread(pids.back());
    pipes.push_back(world.pipe("pipe " + std::to_string(i)));
  }
  const auto any = [&](const std::vector<int>& of) {
    return of[static_cast<std::size_t>(below(static_cast<int>(of.size())))];
  };
  for (const int pid : pids) {
    world.reads(pid, 3, any(pipes));
    world.writes(pid, 4, any(pipes));
    for (const Thread& thread : std::vector<Thread>(world.at_process(pid).threads)) {
      switch (below(8)) {
        case 0:
          break;
        case 1:
          world.locks(thread.tid, world.mutex("mutex", any(pids)));
          break;
        case 2:
          world.waits_for(thread.tid, any(pids));
          break;
        case 3:
          world.blocks(thread.tid, "read", any(pipes), Need::data).time_out_seconds =
              below(3) ? std::optional<double>() : 1.0;
          break;
        default:
          world.blocks(thread.tid, "poll", any(pipes), below(2) ? Need::data : Need::space);
          if (below(2)) world.also(thread.tid, any(pipes), Need::data);
      }
    }
  }
  return world;
}

bool outside_help(const detect::WaitEdge& edge) {
  return edge.by_itself || edge.by_outside || edge.by_watcher;
}

}  // namespace

TEST_CASE("closed, and nothing could be added") {
  std::mt19937 random(20240229);
  int with_stuck = 0, without = 0;
  for (int round = 0; round < 2000; ++round) {
    const World world = random_world(random);
    const auto stuck = detect::stuck_threads(world.snapshot);
    const std::set<int> set(stuck.begin(), stuck.end());
    ++(set.empty() ? without : with_stuck);
    const auto edges = detect::wait_edges(world.snapshot);
    // Closed: no member has a waker outside the set.
    for (const auto& edge : edges) {
      if (!set.contains(edge.tid)) continue;
      CHECK_FALSE(outside_help(edge));
      CHECK(std::ranges::all_of(edge.wakers, [&](int waker) { return set.contains(waker); }));
    }
    // Greatest: whoever is not in it can be freed, one after the other, from those who run.
    std::set<int> freed;
    for (const Process& process : world.snapshot.processes)
      for (const Thread& thread : process.threads)
        if (thread.activity != Activity::blocked) freed.insert(thread.tid);
    for (std::size_t before = freed.size() + 1; before != freed.size();) {
      before = freed.size();
      for (const auto& edge : edges)
        if (outside_help(edge) ||
            std::ranges::any_of(edge.wakers, [&](int waker) { return freed.contains(waker); }))
          freed.insert(edge.tid);
    }
    for (const auto& edge : edges) CHECK(freed.contains(edge.tid) != set.contains(edge.tid));
    // Whatever the world: a finding has a cause, a proof and a table, or there is none.
    if (const auto finding = detect::stuck(world.snapshot, false)) {
      CHECK_FALSE(finding->cause.empty());
      CHECK_FALSE(finding->because.empty());
      CHECK_FALSE(finding->table.empty());
      CHECK(finding->because.back() == '.');
    }
  }
  CHECK(with_stuck > 200);
  CHECK(without > 200);
}
