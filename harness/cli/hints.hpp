// The hints of a handout: numbered questions under "### TODO(n)".
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ipclab::cli {

std::map<int, std::vector<std::string>> read_hints(const std::string& readme);

/// Those shown so far and one more, which is remembered.
std::string next_hint(const std::string& lab, const std::vector<std::string>& hints, int todo);

}  // namespace ipclab::cli
