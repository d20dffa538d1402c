#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/errors.hpp"

using namespace ipclab::cli;

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);  // whoever stops reading us ends nothing half-way
  CLI::App app("ipclab: labs in inter-process communication on Linux, checked on real processes", "ipclab");
  app.require_subcommand(1);
  app.footer("Exit status: 0 all pass, 1 some fail or not done, 2 usage, 3 harness or machine error.");
  Action action;
  for (const auto add : {add_check, add_list, add_watch, add_hint, add_diff, add_reset, add_why, add_matrix,
                         add_doctor, add_test, add_bench, add_completion})
    add(app, action);
  try {
    app.parse(argc, argv);
    return action();
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "ipclab: {} (ipclab --help)\n", error.what());
    return kUsage;
  } catch (const UsageError& error) {
    fmt::print(stderr, "ipclab: {}\n", error.what());
    return kUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "ipclab: {}\n", error.what());
    return kMachine;
  }
}
