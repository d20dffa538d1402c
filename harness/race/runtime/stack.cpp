#include "race/runtime/stack.hpp"

namespace ipclab::race {
namespace {

Index node(Index below, std::uint64_t place) {
  Record& r = *record();
  return interned(
      r.node_index, kNodes, mixed(place ^ (std::uint64_t{below} << 40)),
      [&](Index i) { return r.nodes[i].place == place && r.nodes[i].below == below; },
      [&] {
        const Index fresh = grow(r.nodes_used, kNodes / 2);
        if (fresh) r.nodes[fresh] = {below, 0, place};
        return fresh;
      });
}

}  // namespace

Index new_stack_at(std::uint64_t place) {
  unsigned known = self.depth < kFrames ? self.depth : kFrames;
  const unsigned top = known;
  while (known > 0 && self.frames[known - 1].node == 0) --known;
  Index below = known > 0 ? self.frames[known - 1].node : self.task->root;
  for (; known < top; ++known) below = self.frames[known].node = node(below, self.frames[known].place);
  Lookup& last = self.lookups[(place ^ place >> 6) % kLookups];
  if (last.place != place || last.below != below) last = {place, below, node(below, place)};
  return last.node;
}

Index new_root(Index task) {
  Record& r = *record();
  const Index root = grow(r.nodes_used, kNodes / 2);
  if (root) r.nodes[root] = {0, task, r.processes[r.tasks[task].process].image};
  return root;
}

}  // namespace ipclab::race
