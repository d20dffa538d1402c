#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <system_error>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/errors.hpp"

using namespace ipclab::cli;

namespace {

/// Never throws: there may be nobody to read it.
int complain(const std::string& what, int status) {
  std::fputs(("ipclab: " + what + "\n").c_str(), stderr);
  return status;
}

void require_known_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (std::ranges::find(names, argv[1]) != names.end()) return;
  const std::string near = ipclab::nearest(argv[1], names);
  throw UsageError(fmt::format("no command is called {}{}", argv[1],
                               near.empty() ? " (ipclab --help)" : fmt::format("; did you mean {}?", near)));
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);  // whoever stops reading us ends nothing half-way
  CLI::App app("ipclab: labs in inter-process communication on Linux, checked on real processes", "ipclab");
  app.require_subcommand(1);
  app.footer("Exit status: 0 all pass, 1 some fail or not done, 2 usage, 3 our error.");
  Action action;
  for (const auto add : {add_check, add_list, add_watch, add_hint, add_diff, add_reset, add_why, add_matrix,
                         add_doctor, add_test, add_bench, add_cxx, add_race, add_completion})
    add(app, action);
  try {
    require_known_command(app, argc, argv);
    app.parse(argc, argv);
    return action();
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return complain(std::string(error.what()) + " (ipclab --help)", kUsage);
  } catch (const UsageError& error) {
    return complain(error.what(), kUsage);
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::broken_pipe) return kMachine;  // nobody reads on: `ipclab list | head -1`
    return complain(error.what(), kMachine);
  } catch (const std::exception& error) {
    return complain(error.what(), kMachine);
  }
}
