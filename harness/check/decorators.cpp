#include "check/decorators.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace ipclab::check {
namespace {

/// Keyed by line: the order of the source, whatever order the tests are registered in.
std::map<unsigned, CheckInfo>& registry() {
  static std::map<unsigned, CheckInfo> checks;
  return checks;
}

}  // namespace

CheckInfo& detail::info_of(const doctest::detail::TestCase& test) {
  CheckInfo& info = registry()[test.m_line];
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
