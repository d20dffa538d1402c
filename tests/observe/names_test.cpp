// Names on literal trees.

#include "observe/names.hpp"

#include <doctest/doctest.h>

using namespace ipclab;
using namespace ipclab::observe;

namespace {

ipclab::Process process(int pid, int parent, const std::string& program) {
  ipclab::Process made;
  made.pid = pid;
  made.parent = parent;
  made.program = program;
  return made;
}

std::vector<std::string> names(std::vector<ipclab::Process> processes,
                               const std::function<std::string(int)>& given = {}) {
  name_processes(processes, given);
  std::vector<std::string> found;
  for (const auto& process : processes) found.push_back(process.name);
  return found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("what has executed something is called by it, with numbers where it is not alone") {
  CHECK(names({process(10, 1, "sh"), process(11, 10, "cat"), process(12, 10, "wc")}) ==
        Names{"sh", "cat", "wc"});
  CHECK(names({process(10, 1, "sh"), process(11, 10, "cat"), process(12, 10, "cat")}) ==
        Names{"sh", "cat 1", "cat 2"});
}

TEST_CASE("a fork without exec is a child of its parent") {
  CHECK(names({process(10, 1, "server"), process(11, 10, "server")}) == Names{"server", "child of server"});
  CHECK(names({process(10, 1, "server"), process(11, 10, "server"), process(12, 10, "server")}) ==
        Names{"server", "child 1 of server", "child 2 of server"});
}

TEST_CASE("a given name goes before everything, and children carry it") {
  const auto given = [](int pid) { return pid == 10 ? "alice" : ""; };
  CHECK(names({process(10, 1, "mailbox"), process(11, 10, "mailbox"), process(12, 1, "mailbox")}, given) ==
        Names{"alice", "child of alice", "mailbox"});
}
