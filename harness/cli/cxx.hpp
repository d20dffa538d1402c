// How a program is compiled so that its accesses are seen.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ipclab::cli {

/// $CXX, or c++.
std::string cxx();

/// The first line of its --version; throws UsageError when there is no compiler.
const std::string& compiler_version();
bool is_clang();

/// Our runtime, an archive.
std::filesystem::path race_runtime();

/// The whole command line for the compiler's arguments, with the runtime where the compiler sees it.
/// UsageError for what cannot be done.
std::vector<std::string> instrumented(const std::vector<std::string>& arguments,
                                      const std::string& runtime = race_runtime());

}  // namespace ipclab::cli
