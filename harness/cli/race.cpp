// ipclab race: runs a command, with all that it starts, under the race detector, and tells what was found.
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/inquiry.hpp"
#include "cli/start.hpp"
#include "cli/terminal.hpp"
#include "model/json.hpp"
#include "race/recording.hpp"
#include "race/words.hpp"
#include "report/json.hpp"
#include "report/terminal.hpp"

namespace ipclab::cli {
namespace {

struct RaceOptions {
  std::vector<std::string> command;
  std::string json;
  std::optional<std::uint64_t> seed;
  int seeds = 0;
};

struct Run {
  race::Reports reports;
  int status = 0;               // of waitpid(2)
  std::optional<Answer> stuck;  // it would never have ended

  bool found() const { return !reports.all.empty() || stuck; }
};

/// Waits for the end of the tree, and looks now and then whether it can still come. The scheduler sees that
/// by itself, and sooner.
std::optional<Answer> proved_stuck(process::Tree& tree) {
  using namespace std::chrono_literals;
  constexpr int kBetweenLooks = 500;  // ms
  Inquiry inquiry(closed_world(tree), true);
  const auto gone = [&] { return tree.gone(); };
  for (pollfd end{tree.gone_fd(), POLLIN, 0}; !gone(); ::poll(&end, 1, kBetweenLooks)) {
    auto answer = inquiry.ask(std::chrono::steady_clock::now() + 100ms, tree.gone_fd(), gone);
    if (answer && answer->snapshot.proved && answer->verdict.stuck())
      return inquiry.explained(std::move(*answer));
  }
  return std::nullopt;
}

Run run_once(const RaceOptions& options, std::optional<std::uint64_t> seed) {
  const race::Recording recording(seed);
  process::Tree::Start start;
  start.argv = options.command;
  start.environment = {recording.variable()};
  auto tree = start_for_person(start);
  Run run;
  run.stuck = proved_stuck(*tree);
  run.status = tree->status().value_or(0);
  tree.reset();
  run.reports = recording.read();
  return run;
}

std::string end_of(int status) {
  if (WIFSIGNALED(status))
    return fmt::format("was killed by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return fmt::format("exited with {}", WEXITSTATUS(status));
}

constexpr int kStuckStatus = 70;  // what the runtime ends stuck processes with

void tell(const Run& run, const RaceOptions& options) {
  std::fflush(stdout);
  for (const race::Report& report : run.reports.all) fmt::print("{}\n", race::first_line(report));
  for (const race::Report& report : run.reports.all)
    fmt::print("\n{}", report::finding(race::finding(report), terminal_style(STDOUT_FILENO)));
  fmt::print("{}", race::interleaving(run.reports));
  if (run.stuck) fmt::print("{}", report::verdict(run.stuck->verdict, terminal_style(STDOUT_FILENO)));
  const std::string& name = options.command[0];
  if (!run.reports.complete)
    fmt::print(stderr, "ipclab race: {} has more than {}: not all was seen\n", name, run.reports.limit);
  if (run.reports.processes == 0)
    fmt::print(stderr, "ipclab race: {} was not compiled with this `ipclab c++`: nothing was seen\n", name);
  if (run.status != 0 && !(WIFEXITED(run.status) && WEXITSTATUS(run.status) == kStuckStatus))
    fmt::print(stderr, "ipclab race: {} {}\n", name, end_of(run.status));
}

nlohmann::json document(const Run& run, std::optional<std::uint64_t> seed) {
  auto findings = nlohmann::json::array();
  for (const race::Report& report : run.reports.all) {
    nlohmann::json entry = race::finding(report);
    entry["first_line"] = race::first_line(report);
    findings.push_back(std::move(entry));
  }
  if (run.stuck) {
    const detect::Verdict& verdict = run.stuck->verdict;
    nlohmann::json entry = Finding{
        verdict.cause, "somebody can always go on", verdict.sentence, verdict.graph, verdict.because, {}};
    entry["first_line"] = verdict.first_line();
    findings.push_back(std::move(entry));
  }
  auto schedule = nlohmann::json::array();
  for (const race::Scheduled& step : run.reports.schedule)
    schedule.push_back({{"who", step.who}, {"does", step.what}, {"at", step.place.text()}});
  return {{"ipclab", "race"},
          {"version", 1},
          {"findings", std::move(findings)},
          {"seed", seed ? nlohmann::json(*seed) : nlohmann::json()},
          {"schedule", std::move(schedule)},
          {"complete", run.reports.complete},
          {"more_than", run.reports.limit},
          {"exit_code", WIFEXITED(run.status) ? WEXITSTATUS(run.status) : 0},
          {"signal", WIFSIGNALED(run.status) ? WTERMSIG(run.status) : 0}};
}

/// How to have the very same again.
void tell_replay(std::uint64_t seed, int tried, const RaceOptions& options) {
  fmt::print("  replay    ipclab race --seed {} -- {}\n", seed, joined(options.command, " "));
  if (tried > 1) fmt::print("            (the first of {} seeds that shows it)\n", tried);
}

/// The first seed that shows something, or the last.
Run run_seeds(const RaceOptions& options, std::uint64_t& seed) {
  Run run;
  for (seed = options.seed.value_or(1);; ++seed) {
    run = run_once(options, seed);
    if (run.found() || !run.reports.complete ||
        seed + 1 >= options.seed.value_or(1) + static_cast<std::uint64_t>(options.seeds))
      return run;
  }
}

int race_command(const RaceOptions& options) {
  ::signal(SIGINT, SIG_IGN);  // Ctrl-C ends the command; we tell what was found until then
  std::uint64_t seed = options.seed.value_or(0);
  const Run run = options.seeds > 0 ? run_seeds(options, seed) : run_once(options, options.seed);
  const bool scheduled = options.seeds > 0 || options.seed;
  tell(run, options);
  if (run.found() && scheduled)
    tell_replay(seed, static_cast<int>(seed - options.seed.value_or(options.seeds > 0 ? 1 : seed)) + 1,
                options);
  if (!options.json.empty())
    write_file(options.json, document(run, scheduled ? std::optional(seed) : std::nullopt)
                                     .dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
                                 "\n");
  if (run.found()) return kSomeFail;
  return run.reports.processes > 0 && run.reports.complete ? kAllPass : kMachine;
}

}  // namespace

void add_race(CLI::App& app, Action& action) {
  const auto options = std::make_shared<RaceOptions>();
  CLI::App* command =
      app.add_subcommand("race", "Run a command under the race detector, across all its processes");
  command->footer(
      "ipclab c++ -O1 counter.cpp -o counter && ipclab race -- ./counter\n"
      "Exit status: 0 nothing found, 1 something found, 2 usage, 3 not watched, or nothing found in what was.");
  command->add_option("--seed", options->seed,
                      "Run one task at a time, in the order that this number decides");
  command->add_option("--seeds", options->seeds, "Try so many seeds, until one shows something")
      ->check(CLI::PositiveNumber);
  command->add_option("--json", options->json, "Write what was found to this file");
  command->add_option("command", options->command, "A command and its arguments")->required();
  command->callback([options, &action] { action = [options] { return race_command(*options); }; });
}

}  // namespace ipclab::cli
