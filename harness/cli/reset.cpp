#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>
#include <optional>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/pristine.hpp"
#include "cli/regions.hpp"
#include "cli/variant.hpp"

namespace ipclab::cli {
namespace {

/// Beside the build, under a name that no earlier one has; nothing when there is no file any more.
std::optional<fs::path> back_up(const Lab& lab, const std::string& file) {
  if (!fs::exists(lab.sources() / file)) return std::nullopt;
  const fs::path directory = build_root() / "backups" / lab.name;
  fs::create_directories((directory / file).parent_path());
  for (int n = 1;; ++n) {
    const fs::path place = directory / fmt::format("{}.{}", file, n);
    if (fs::exists(place)) continue;
    fs::copy_file(lab.sources() / file, place);
    return place;
  }
}

int reset_command(const std::string& typed, int todo) {
  const Lab lab = find_lab(typed);
  bool found = false;
  for (const auto& entry : fs::directory_iterator(
           lab.solution().empty() || !fs::exists(lab.solution()) ? lab.sources() : lab.solution())) {
    const std::string name = entry.path().filename();
    const std::string before = try_read_file(lab.sources() / name).value_or(""), fresh = pristine(lab, name);
    const auto regions = find_regions(fresh, name);
    if (regions.empty()) continue;
    std::string after = fresh;
    if (todo) {
      const auto region = std::ranges::find(regions, todo, &Region::number);
      if (region == regions.end()) continue;
      try {
        after = with_body(before, todo, empty_body(*region), name);
      } catch (const std::runtime_error& error) {
        throw UsageError(
            fmt::format("{}: reset the whole lab instead: ipclab reset {}", error.what(), lab.name));
      }
    }
    found = true;
    if (after == before) {
      fmt::print("{} is as it was.\n", name);
      continue;
    }
    const auto backup = back_up(lab, name);
    write_file(lab.sources() / name, after);
    if (backup) fmt::print("{} is reset; what you had is in {}\n", name, backup->string());
    else fmt::print("{} is there again\n", name);
  }
  if (!found) throw UsageError(fmt::format("{} has no TODO({})", lab.name, todo));
  return 0;
}

}  // namespace

void add_reset(CLI::App& app, Action& action) {
  auto lab = std::make_shared<std::string>();
  auto todo = std::make_shared<int>(0);
  CLI::App* command =
      app.add_subcommand("reset", "put a lab, or one TODO of it, back as it was (a copy is kept)");
  command->add_option("LAB", *lab)->required();
  command->add_option("TODO", *todo, "its number; none: the whole lab");
  command->callback([lab, todo, &action] { action = [lab, todo] { return reset_command(*lab, *todo); }; });
}

}  // namespace ipclab::cli
