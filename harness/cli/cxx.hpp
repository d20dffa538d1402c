// How a program is compiled so that its accesses are seen.
#pragma once

#include <string>
#include <vector>

namespace ipclab::cli {

/// $CXX, or c++.
std::string cxx();

/// The whole command line for a compiler's arguments. UsageError for what cannot be done.
std::vector<std::string> instrumented(const std::string& compiler, const std::vector<std::string>& arguments);

}  // namespace ipclab::cli
