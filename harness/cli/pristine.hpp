// A learner's file as it was before the learner touched it.
#pragma once

#include <string>

#include "cli/project.hpp"

namespace ipclab::cli {

/// From the solution, which is the skeleton but for the bodies; where the solutions are not given out, the
/// learner's own file with its bodies emptied. Throws std::runtime_error when a region's marks are broken and
/// there is no solution.
std::string pristine(const Lab& lab, const std::string& file);

}  // namespace ipclab::cli
