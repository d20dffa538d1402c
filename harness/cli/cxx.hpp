// How a program is compiled so that its accesses are seen.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ipclab::cli {

/// $CXX, or c++.
std::string cxx();

/// Our runtime, an archive.
std::filesystem::path race_runtime();

/// The whole command line for a compiler's arguments, with the runtime where the compiler sees it. UsageError
/// for what cannot be done.
std::vector<std::string> instrumented(const std::string& compiler, const std::vector<std::string>& arguments,
                                      const std::string& runtime = race_runtime());

}  // namespace ipclab::cli
