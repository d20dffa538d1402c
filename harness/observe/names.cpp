#include "observe/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ipclab::observe {

void name_processes(std::vector<ipclab::Process>& processes,
                    const std::function<std::string(int pid)>& given_name) {
  std::map<std::string, int> count, next;
  std::map<int, std::string> stems;
  for (ipclab::Process& process : processes) {
    std::string given = given_name ? given_name(process.pid) : "";
    const auto parent = std::ranges::find(processes, process.parent, &ipclab::Process::pid);
    if (!given.empty()) process.name = given;
    else if (parent != processes.end() && parent->program == process.program) stems[process.pid] = "child";
    else stems[process.pid] = process.program;
    if (const auto stem = stems.find(process.pid); stem != stems.end())
      ++count[stem->second + (stem->second == "child" ? std::to_string(process.parent) : "")];
  }
  for (ipclab::Process& process : processes) {
    const auto stem = stems.find(process.pid);
    if (stem == stems.end()) continue;
    const std::string key = stem->second + (stem->second == "child" ? std::to_string(process.parent) : "");
    process.name = stem->second;
    if (count[key] > 1) process.name += fmt::format(" {}", ++next[key]);
    const auto parent = std::ranges::find(processes, process.parent, &ipclab::Process::pid);
    if (stem->second == "child" && parent != processes.end()) process.name += " of " + parent->name;
  }
}

}  // namespace ipclab::observe
