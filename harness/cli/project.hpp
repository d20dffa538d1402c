// The project's directories, and the labs in them. The tree is the list: there is no other.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ipclab::cli {

namespace fs = std::filesystem;

fs::path source_root();  // where labs/, solutions/ and tests/ are
fs::path build_root();   // where everything that is made goes

struct Lab {
  std::string name;                   // "01-pipe"
  std::vector<std::string> programs;  // what it builds (labs/CMakeLists.txt)
  fs::path checks;                    // the checks program

  fs::path directory() const { return source_root() / "labs" / name; }
  fs::path sources() const { return directory() / "src"; }
  fs::path solution() const { return source_root() / "solutions" / name / "src"; }
  fs::path tests() const { return source_root() / "tests" / "labs" / name; }
  bool has_slides() const { return fs::exists(source_root() / "slides" / name); }
  /// The first line of its README without the name: "a pipeline runner …".
  std::string title() const;
};

/// In the order of their numbers.
std::vector<Lab> all_labs();

/// "01-pipe", "pipe", "1" or "01". Throws UsageError that names the nearest lab.
Lab find_lab(const std::string& typed);
/// Those typed, or all when none is.
std::vector<Lab> find_labs(const std::vector<std::string>& typed);

}  // namespace ipclab::cli
