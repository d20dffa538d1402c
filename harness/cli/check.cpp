#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/checks.hpp"
#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/state.hpp"
#include "cli/terminal.hpp"
#include "report/json.hpp"
#include "report/terminal.hpp"

namespace ipclab::cli {
namespace {

struct CheckOptions {
  std::vector<std::string> words;  // labs, and a part of a check's name
  bool solution = false, verbose = false;
  std::string submission, wrong, seed, schedule, json;
  int jobs = default_checks();
};

/// Labs first; what is no lab's name but a part of a check's is a filter.
void sort_words(const CheckOptions& options, std::vector<Lab>& labs, std::string& only) {
  for (const std::string& word : options.words) {
    try {
      labs.push_back(find_lab(word));
    } catch (const UsageError&) {
      const auto searched = labs.empty() ? all_labs() : labs;
      std::vector<Lab> having;
      for (const Lab& lab : searched)
        for (const CheckInfo& info : checks_of(lab))
          if (info.name.find(word) != std::string::npos && (having.empty() || having.back().name != lab.name))
            having.push_back(lab);
      if (having.empty() || !only.empty()) throw;
      only = word;
      labs = having;
    }
  }
  if (labs.empty()) labs = all_labs();
}

Variant chosen(const Lab& lab, const CheckOptions& options) {
  if (options.solution) return solution(lab);
  if (!options.submission.empty()) return submission(lab, options.submission);
  if (!options.wrong.empty()) return wrong(lab, find_wrong(lab, options.wrong));
  return learners(lab);
}

int status_of(const LabResult& result, const CheckOptions& options) {
  if (!result.compiled && !options.submission.empty()) return kUsage;
  if (result.any_error()) return kMachine;
  return result.all_pass() ? kAllPass : kSomeFail;
}

int check_command(const CheckOptions& options) {
  std::vector<Lab> labs;
  RunOptions run_options;
  sort_words(options, labs, run_options.only);
  run_options.jobs = options.jobs;
  if (!options.seed.empty()) run_options.seed = options.seed;
  if (!options.schedule.empty()) run_options.schedule = options.schedule;
  const bool quiet = options.json == "-";
  if (!quiet && !options.json.empty() && !std::ofstream(options.json, std::ios::app))
    throw UsageError("cannot write " + options.json);
  report::Style style = terminal_style(STDOUT_FILENO);
  style.verbose = options.verbose;
  std::vector<LabResult> results;
  int status = kAllPass;
  for (const Lab& lab : labs) {
    Variant variant;
    try {
      variant = chosen(lab, options);
    } catch (const UsageError& error) {
      if (labs.size() == 1) throw;
      fmt::print(stderr, "ipclab: {}: {}\n", lab.name, error.what());  // the other labs go on
      status = std::max(status, kUsage);
      continue;
    }
    Progress progress(lab.name);
    run_options.progress = [&](int done, int of) { progress.show(done, of); };
    LabResult result = check_variant(variant, run_options);
    progress.clear();
    style.slides = lab.has_slides();
    if (variant.label.empty() && run_options.only.empty()) remember(result);
    if (!quiet) fmt::print("{}", report::lab(result, style));
    std::fflush(stdout);
    status = std::max(status, status_of(result, options));
    results.push_back(std::move(result));
  }
  if (options.json.empty()) return status;
  const std::string document = report::to_json(results);
  if (quiet) fmt::print("{}\n", document);
  else write_file(options.json, document + "\n");
  return status;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand("check", "check labs: what is right, what is wrong, and why");
  command->add_option("LAB", options->words,
                      "labs (01-pipe, pipe or 1), or a part of a check's name; none: all labs");
  auto* solution =
      command->add_flag("--solution", options->solution, "the reference solution instead of your own");
  auto* submission =
      command->add_option("--submission", options->submission, "a student's files, from this directory");
  auto* wrong = command->add_option("--wrong", options->wrong, "a wrong variant of tests/labs/LAB/wrong");
  solution->excludes(submission)->excludes(wrong);
  submission->excludes(wrong);
  command->add_option("--seed", options->seed, "the seed of the random data");
  command
      ->add_option("--schedule", options->schedule,
                   "of the checks that try many schedules, only this one: the number is in the finding")
      ->check(CLI::PositiveNumber);
  command->add_option("--json", options->json, "write the results as JSON to this file (-: standard output)");
  command->add_flag("-v,--verbose", options->verbose, "every event in order of time, every failure in full");
  command->add_option("-j,--jobs", options->jobs, "checks at the same time")->check(CLI::Range(1, 256));
  command->callback([options, &action] { action = [options] { return check_command(*options); }; });
}

}  // namespace ipclab::cli
