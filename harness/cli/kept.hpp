// What is made at some cost, and kept until nobody has used it for a month.
#pragma once

#include <string>

#include "cli/project.hpp"

namespace ipclab::cli {

/// A directory that is gone when it goes out of scope. Throws MachineError when it cannot be made.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  fs::path path() const { return path_; }

 private:
  std::string path_;
};

/// Puts a finished file or directory where others find it, in one step. Of several directories that are put
/// at the same place one stays.
void keep(const fs::path& finished, const fs::path& place);

/// Whether something is there; from now on it counts as just used.
bool is_kept(const fs::path& place);

/// Removes from a directory what nobody has used for a month.
void drop_unused(const fs::path& directory);

}  // namespace ipclab::cli
