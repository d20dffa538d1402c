// Every form of a lab against every check: the skeleton gets TODO everywhere, every right program passes
// everything, every wrong one fails the check that it names, with the cause that it names. This is how we
// know that the grader is right.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>

#include "base/file.hpp"
#include "cli/checks.hpp"
#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/expectations.hpp"
#include "cli/regions.hpp"
#include "cli/terminal.hpp"
#include "cli/variant.hpp"

namespace ipclab::cli {
namespace {

struct MatrixOptions {
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
  Matrix(Lab lab, const MatrixOptions& options)
      : lab_(std::move(lab)), options_(options), expectations_(!options.quick) {
    run_.jobs = options.jobs;
    run_.skip_dependants = false;
  }

  /// True when everything holds.
  bool run() {
    fmt::print("{}\n", lab_.name);
    check_frames();
    row(skeleton(lab_), [&](const LabResult& result) { expectations_.of_skeleton(result); });
    const auto all_pass = [&](const LabResult& result) { expectations_.of_right(result); };
    row(solution(lab_), all_pass);
    for (const std::string& name : all_right(lab_)) row(right(lab_, name), all_pass);
    for (const Wrong& variant : all_wrong(lab_)) {
      if (options_.quick) run_.only = variant.fails;
      row(wrong(lab_, variant), [&](const LabResult& result) { expectations_.of_wrong(variant, result); });
    }
    const auto infos = checks_of(lab_);
    for (std::size_t i = 0; i < infos.size(); ++i) fmt::print("  {:>3}  {}\n", i + 1, infos[i].name);
    const auto& problems = expectations_.problems();
    for (const std::string& problem : problems) fmt::print("  WRONG  {}\n", problem);
    fmt::print("  {} variants, {} checks, {}\n\n", rows_, infos.size(),
               problems.empty() ? "all as they should be" : fmt::format("{} problems", problems.size()));
    std::fflush(stdout);
    return problems.empty();
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
      judge(result);
    }
  }

  void check_frames() {
    for (const std::string& name : learner_files(lab_)) {
      const std::string solved = read_file(lab_.solution() / name), own = read_file(lab_.sources() / name);
      if (frame_of(solved, name) != frame_of(own, name))
        expectations_.add(fmt::format("{}: skeleton and solution differ outside the regions", name));
    }
  }

  Lab lab_;
  const MatrixOptions& options_;
  RunOptions run_;
  Expectations expectations_;
  int rows_ = 0;
};

int matrix_command(const MatrixOptions& options) {
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
  auto options = std::make_shared<MatrixOptions>();
  CLI::App* command = app.add_subcommand(
      "matrix", "skeleton, right and wrong programs against every check: is the grader right?");
  command->add_option("LAB", options->labs);
  command->add_option("--only", options->only, "variants whose name contains this");
  command->add_flag("--quick", options->quick, "of a wrong variant only the check that it names");
  command->add_option("--repeat", options->repeat, "times")->check(CLI::PositiveNumber);
  command->add_option("-j,--jobs", options->jobs, "checks at the same time")->check(CLI::Range(1, 256));
  command->callback([options, &action] { action = [options] { return matrix_command(*options); }; });
}

}  // namespace ipclab::cli
