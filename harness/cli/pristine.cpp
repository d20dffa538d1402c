#include "cli/pristine.hpp"

#include "base/file.hpp"
#include "cli/regions.hpp"

namespace ipclab::cli {

std::string pristine(const Lab& lab, const std::string& file) {
  if (const auto solved = try_read_file(lab.solution() / file)) return emptied(*solved, file);
  return emptied(read_file(lab.sources() / file), file);
}

}  // namespace ipclab::cli
