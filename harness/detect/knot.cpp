#include "detect/knot.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <map>

namespace ipclab::detect {
namespace {

void find_components(Knot& knot) {
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
  Graph graph(knot.waiters.size());
  for (std::size_t i = 0; i < knot.waiters.size(); ++i)
    for (const std::size_t waker : knot.waiters[i].wakers) boost::add_edge(i, waker, graph);
  std::vector<std::size_t> component(knot.waiters.size());
  boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));
  for (std::size_t i = 0; i < component.size(); ++i) knot.waiters[i].component = component[i];
}

}  // namespace

Knot knot_of(const Snapshot& snapshot) {
  Knot knot{&snapshot, {}};
  std::map<int, std::size_t> index;
  for (const int tid : stuck_threads(snapshot)) {
    const Process* process = snapshot.find_by_thread(tid);
    const auto thread = std::ranges::find(process->threads, tid, &Thread::tid);
    index[tid] = knot.waiters.size();
    knot.waiters.push_back({process, &*thread, {}, {}, false, 0});
  }
  if (knot.empty()) return knot;
  for (WaitEdge& edge : wait_edges(snapshot)) {
    const auto found = index.find(edge.tid);
    if (found == index.end()) continue;
    Waiter& waiter = knot.waiters[found->second];
    waiter.idle |= edge.by_watcher;
    for (const int tid : edge.wakers)
      if (const auto waker = index.find(tid); waker != index.end()) waiter.wakers.push_back(waker->second);
    waiter.edges.push_back(std::move(edge));
  }
  find_components(knot);
  return knot;
}

std::vector<const Process*> stuck_processes(const Knot& knot) {
  std::map<const Process*, std::size_t> stuck;
  for (const Waiter& waiter : knot.waiters) ++stuck[waiter.process];
  std::vector<const Process*> whole;
  for (const Process& process : knot.snapshot->processes)
    if (const auto found = stuck.find(&process);
        found != stuck.end() && found->second == process.threads.size())
      whole.push_back(&process);
  return whole;
}

}  // namespace ipclab::detect
