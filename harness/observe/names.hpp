// Names for processes, as a person would tell them apart.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/snapshot.hpp"

namespace ipclab::observe {

/// A started program has the name that it was given (empty: none); a fork without exec is a child of its
/// parent; what has executed something is called by that. Numbers, in the order given, where a name is not
/// alone.
void name_processes(std::vector<ipclab::Process>& processes,
                    const std::function<std::string(int pid)>& given_name);

}  // namespace ipclab::observe
