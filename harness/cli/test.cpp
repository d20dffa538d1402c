#include <fmt/format.h>
#include <sys/wait.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <regex>

#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/project.hpp"
#include "cli/terminal.hpp"

namespace ipclab::cli {
namespace {

/// Shows what ctest prints as it comes, and sums it up in a line that scripts can read.
int test_command(const std::string& filter, int jobs) {
  std::string command = fmt::format("ctest --test-dir '{}' --output-on-failure --no-tests=error -j {}",
                                    build_root().string(), jobs);
  if (!filter.empty()) command += fmt::format(" -R '{}'", filter);
  std::FILE* output = ::popen((command + " 2>&1").c_str(), "r");
  if (!output) throw MachineError("ctest cannot be started");
  static const std::regex kSum(R"((\d+)% tests passed, (\d+) tests failed out of (\d+)\s*)"),
      kSkip(R"(.*\*\*\*Skipped.*\s*)");
  int failed = 0, of = 0, skipped = 0;
  char line[4096];
  std::cmatch match;
  while (std::fgets(line, sizeof line, output)) {
    std::fputs(line, stdout);
    std::fflush(stdout);
    if (std::regex_match(line, kSkip)) ++skipped;
    if (!std::regex_match(line, match, kSum)) continue;
    failed = std::stoi(match[2]);
    of = std::stoi(match[3]);
  }
  const int status = ::pclose(output);
  fmt::print("{} passed, {} failed, {} skipped\n", of - failed - skipped, failed, skipped);
  return status == 0 ? kAllPass : WIFEXITED(status) && failed ? kSomeFail : kMachine;
}

}  // namespace

void add_test(CLI::App& app, Action& action) {
  auto filter = std::make_shared<std::string>();
  // A test waits now and then: as many as there are cores leave a fifth of them idle.
  auto jobs = std::make_shared<int>(default_jobs() + 1);
  CLI::App* command = app.add_subcommand("test", "the project's own tests");
  command->add_option("REGEX", *filter, "only tests whose names match");
  command->add_option("-j,--jobs", *jobs, "tests at the same time")->check(CLI::Range(1, 256));
  command->callback(
      [filter, jobs, &action] { action = [filter, jobs] { return test_command(*filter, *jobs); }; });
}

void add_bench(CLI::App& app, Action& action) {
  CLI::App* command =
      app.add_subcommand("bench", "figures: what the harness costs, as ratios within one run");
  command->callback([&action] {
    action = [] {
      int status = kAllPass;
      for (const auto& entry : fs::directory_iterator(build_root() / "bench")) {
        fmt::print("== {}\n", entry.path().filename().string());
        std::fflush(stdout);
        if (std::system(entry.path().c_str()) != 0) status = kMachine;
      }
      return status;
    };
  });
}

}  // namespace ipclab::cli
