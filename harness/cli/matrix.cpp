// Every form of a lab against every check: the skeleton gets TODO everywhere, every right program passes
// everything, every wrong one fails the check that it names, with the cause that it names. This is how we
// know that the grader is right.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/checks.hpp"
#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/regions.hpp"
#include "cli/terminal.hpp"
#include "cli/variant.hpp"

namespace ipclab::cli {
namespace {

constexpr std::chrono::seconds kTodoLimit{1};

struct Options {
  std::vector<std::string> labs;
  std::string only;
  bool quick = false;  // of a wrong variant only the check that it names
  int jobs = default_checks(), repeat = 1;
};

char letter(Status status) {
  switch (status) {
    case Status::pass:
      return '.';
    case Status::fail:
      return 'F';
    case Status::todo:
      return 'T';
    case Status::skip:
      return 's';
    case Status::error:
      return 'E';
  }
  return '?';
}

class Matrix {
 public:
  Matrix(Lab lab, const Options& options) : lab_(std::move(lab)), options_(options) {
    run_.jobs = options.jobs;
    run_.skip_dependants = false;
  }

  /// True when everything holds.
  bool run() {
    fmt::print("{}\n", lab_.name);
    check_frames();
    row(skeleton(lab_), [&](const LabResult& result) { check_skeleton(result); });
    const auto all_pass = [&](const LabResult& result) { check_right(result); };
    row(solution(lab_), all_pass);
    for (const std::string& name : all_right(lab_)) row(right(lab_, name), all_pass);
    for (const Wrong& variant : all_wrong(lab_)) {
      if (options_.quick) run_.only = variant.fails;
      row(wrong(lab_, variant), [&](const LabResult& result) { check_wrong(variant, result); });
    }
    const auto infos = checks_of(lab_);
    for (std::size_t i = 0; i < infos.size(); ++i) fmt::print("  {:>3}  {}\n", i + 1, infos[i].name);
    for (const std::string& problem : problems_) fmt::print("  WRONG  {}\n", problem);
    fmt::print("  {} variants, {} checks, {}\n\n", rows_, infos.size(),
               problems_.empty() ? "all as they should be" : fmt::format("{} problems", problems_.size()));
    std::fflush(stdout);
    return problems_.empty();
  }
  int rows() const { return rows_; }

 private:
  template <typename Judge>
  void row(const Variant& variant, const Judge& judge) {
    if (!options_.only.empty() && variant.label.find(options_.only) == std::string::npos) return;
    for (int i = 0; i < options_.repeat; ++i) {
      Progress progress(fmt::format("{} {}", lab_.name, variant.label));
      run_.progress = [&](int done, int of) { progress.show(done, of); };
      const LabResult result = check_variant(variant, run_);
      progress.clear();
      ++rows_;
      std::string line;
      for (const CheckResult& check : result.checks) line += letter(check.status);
      if (i == 0) fmt::print("  {}  {}\n", line, variant.label);
      std::fflush(stdout);
      if (!result.compiled) problem(result, "does not compile:\n" + result.compiler_output);
      else judge(result);
      for (const CheckResult& check : result.checks)
        if (check.status == Status::error)
          problem(result, fmt::format("\"{}\" is an ERROR: {}", check.info.name, check.reason));
    }
  }

  void problem(const LabResult& result, const std::string& what) {
    problems_.push_back(fmt::format("{}: {}", result.variant, what));
  }

  void check_frames() {
    for (const std::string& name : learner_files(lab_)) {
      const std::string solved = read_file(lab_.solution() / name), own = read_file(lab_.sources() / name);
      if (frame_of(solved, name) != frame_of(own, name))
        problems_.push_back(fmt::format("{}: skeleton and solution differ outside the regions", name));
    }
  }

  void check_skeleton(const LabResult& result) {
    if (!result.compiler_output.empty())
      problem(result, "compiles with warnings:\n" + result.compiler_output);
    for (const CheckResult& check : result.checks) {
      if (check.status == Status::skip) continue;
      if (check.status != Status::todo)
        problem(result, fmt::format("\"{}\" is {}, not TODO", check.info.name, to_string(check.status)));
      if (check.took > kTodoLimit)
        problem(result, fmt::format("\"{}\" takes {} ms", check.info.name, check.took.count() / 1000));
    }
    if (result.earned() != 0) problem(result, fmt::format("earns {} points", result.earned()));
  }

  void check_right(const LabResult& result) {
    if (!result.compiler_output.empty())
      problem(result, "compiles with warnings:\n" + result.compiler_output);
    for (const CheckResult& check : result.checks)
      if (check.status == Status::fail || check.status == Status::todo)
        problem(result,
                fmt::format("\"{}\" is {}: {}", check.info.name, to_string(check.status),
                            check.finding ? check.finding->cause + ", " + check.finding->observed : ""));
  }

  void check_wrong(const Wrong& variant, const LabResult& result) {
    const auto named =
        std::ranges::find(result.checks, variant.fails, [](const CheckResult& c) { return c.info.name; });
    if (named == result.checks.end())
      return problem(result, fmt::format("names no check of the lab: \"{}\"", variant.fails));
    if (named->status == Status::skip) return;
    if (named->status != Status::fail)
      return problem(result, fmt::format("\"{}\" is {}, not FAIL", variant.fails, to_string(named->status)));
    if (std::ranges::find(variant.causes, named->finding->cause) == variant.causes.end())
      problem(result,
              fmt::format("\"{}\" fails with {} ({}), not with {}", variant.fails, named->finding->cause,
                          named->finding->observed, joined(variant.causes, " or ")));
  }

  Lab lab_;
  const Options& options_;
  RunOptions run_;
  std::vector<std::string> problems_;
  int rows_ = 0;
};

int run(const Options& options) {
  bool right = true;
  int rows = 0;
  for (const Lab& lab : find_labs(options.labs)) {
    Matrix matrix(lab, options);
    right = matrix.run() && right;
    rows += matrix.rows();
  }
  if (rows == 0) throw UsageError("no variant is called " + options.only);
  return right ? kAllPass : kSomeFail;
}

}  // namespace

void add_matrix(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "matrix", "skeleton, right and wrong programs against every check: is the grader right?");
  command->add_option("LAB", options->labs);
  command->add_option("--only", options->only, "variants whose name contains this");
  command->add_flag("--quick", options->quick, "of a wrong variant only the check that it names");
  command->add_option("--repeat", options->repeat, "times")->check(CLI::PositiveNumber);
  command->add_option("-j,--jobs", options->jobs, "checks at the same time")->check(CLI::Range(1, 256));
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace ipclab::cli
