#include "check/decorators.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace ipclab::check {
namespace {

/// By file and line: the order of the source, whatever order the tests are registered in.
using Place = std::pair<std::string, unsigned>;

std::map<Place, CheckInfo>& registry() {
  static std::map<Place, CheckInfo> checks;
  return checks;
}

}  // namespace

CheckInfo& detail::info_of(const doctest::detail::TestCase& test) {
  CheckInfo& info = registry()[{test.m_file.c_str(), test.m_line}];
  info.name = test.m_name;
  return info;
}

std::vector<CheckInfo> all_checks() {
  std::vector<CheckInfo> checks;
  std::ranges::transform(registry(), std::back_inserter(checks),
                         [](const auto& entry) { return entry.second; });
  return checks;
}

}  // namespace ipclab::check
