// What ipclab remembers between two runs, in build/state: the last result of each lab and the hints that were
// shown.
#pragma once

#include <optional>
#include <string>

#include "model/result.hpp"

namespace ipclab::cli {

void remember(const LabResult& result);
std::optional<LabResult> last_result(const std::string& lab);

/// How many hints of this TODO have been shown; `add` counts one more.
int hints_shown(const std::string& lab, int todo);
void add_hint_shown(const std::string& lab, int todo);

}  // namespace ipclab::cli
