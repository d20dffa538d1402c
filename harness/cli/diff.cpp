#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/pristine.hpp"
#include "cli/terminal.hpp"
#include "cli/variant.hpp"
#include "process/run.hpp"

namespace ipclab::cli {
namespace {

int diff_command(const std::string& typed) {
  const Lab lab = find_lab(typed);
  const Variant own = learners(lab);
  for (const std::string& name : learner_files(lab)) {
    process::Command command;
    const std::string label = "labs/" + lab.name + "/src/" + name;
    command.argv = {"diff",    "-u",
                    "--label", "as it was: " + label,
                    "--label", "as it is:  " + label,
                    "-",       (lab.sources() / name).string()};
    if (terminal_style(1).colours) command.argv.insert(command.argv.begin() + 1, "--color=always");
    command.input = pristine(lab, name);
    const auto outcome = process::run(command);
    if (outcome.exit_code > 1) throw MachineError("diff failed: " + outcome.err);
    fmt::print("{}", outcome.out);
  }
  return 0;
}

}  // namespace

void add_diff(CLI::App& app, Action& action) {
  auto lab = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("diff", "what you have changed in a lab");
  command->add_option("LAB", *lab)->required();
  command->callback([lab, &action] { action = [lab] { return diff_command(*lab); }; });
}

}  // namespace ipclab::cli
