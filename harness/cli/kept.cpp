#include "cli/kept.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <system_error>

#include "cli/errors.hpp"

namespace ipclab::cli {

Scratch::Scratch() : path_((fs::temp_directory_path() / "ipclab-build-XXXXXX").string()) {
  if (!::mkdtemp(path_.data()))
    throw MachineError(fmt::format("cannot make a directory in {}: {}", fs::temp_directory_path().string(),
                                   std::generic_category().message(errno)));
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void keep(const fs::path& finished, const fs::path& place) {
  fs::create_directories(place.parent_path());
  const fs::path beside = place.string() + fmt::format(".{}", ::getpid());
  fs::copy(finished, beside, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  if (fs::is_directory(beside)) fs::permissions(beside, fs::perms(0755));
  std::error_code taken;  // a directory that another ipclab has put there meanwhile
  fs::rename(beside, place, taken);
  if (!taken) return;
  fs::remove_all(beside);
  if (!fs::exists(place)) throw fs::filesystem_error("rename", beside, place, taken);
}

bool is_kept(const fs::path& place) {
  if (!fs::exists(place)) return false;
  std::error_code others;  // it is another user's
  fs::last_write_time(place, fs::file_time_type::clock::now(), others);
  return true;
}

void drop_unused(const fs::path& directory) {
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::months(1);
  std::error_code gone;  // another ipclab removes it, too
  for (const auto& entry : fs::directory_iterator(directory, gone))
    if (entry.last_write_time(gone) < long_ago && !gone) fs::remove_all(entry.path(), gone);
}

}  // namespace ipclab::cli
