#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/project.hpp"
#include "cli/state.hpp"

namespace ipclab::cli {
namespace {

std::string progress(const std::optional<LabResult>& result) {
  constexpr int kWidth = 10;
  if (!result || result->points() == 0) return fmt::format("{:{}}  not checked yet", "", kWidth + 2);
  const int done = kWidth * result->earned() / result->points();
  std::string bar;
  for (int i = 0; i < kWidth; ++i) bar += i < done ? "#" : ".";
  return fmt::format("[{}]  {} of {} points", bar, result->earned(), result->points());
}

int list_command() {
  const auto labs = all_labs();
  std::size_t width = 0;
  for (const Lab& lab : labs) width = std::max(width, lab.name.size());
  for (const Lab& lab : labs)
    fmt::print("{:{}}  {:34}  {}\n", lab.name, width, progress(last_result(lab.name)), lab.title());
  return 0;
}

}  // namespace

void add_list(CLI::App& app, Action& action) {
  app.add_subcommand("list", "the labs, and how far you are")->callback([&action] { action = list_command; });
}

}  // namespace ipclab::cli
