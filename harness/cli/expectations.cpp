#include "cli/expectations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace ipclab::cli {
namespace {

constexpr std::chrono::seconds kTodoLimit{1};

}  // namespace

void Expectations::add(const LabResult& result, const std::string& what) {
  problems_.push_back(fmt::format("{}: {}", result.variant, what));
}

bool Expectations::of_any(const LabResult& result) {
  if (!result.compiled) add(result, "does not compile:\n" + result.compiler_output);
  for (const CheckResult& check : result.checks)
    if (check.status == Status::error)
      add(result, fmt::format("\"{}\" is an ERROR: {}", check.info.name, check.reason));
  return result.compiled;
}

void Expectations::of_warnings(const LabResult& result) {
  if (!result.compiler_output.empty()) add(result, "compiles with warnings:\n" + result.compiler_output);
}

void Expectations::of_skeleton(const LabResult& result) {
  if (!of_any(result)) return;
  of_warnings(result);
  for (const CheckResult& check : result.checks) {
    if (check.status == Status::skip) continue;
    if (check.status != Status::todo)
      add(result, fmt::format("\"{}\" is {}, not TODO", check.info.name, to_string(check.status)));
    if (check.took > kTodoLimit)
      add(result, fmt::format("\"{}\" takes {} ms", check.info.name, check.took.count() / 1000));
  }
  if (result.earned() != 0) add(result, fmt::format("earns {} points", result.earned()));
}

void Expectations::of_right(const LabResult& result) {
  if (!of_any(result)) return;
  of_warnings(result);
  for (const CheckResult& check : result.checks)
    if (check.status == Status::fail || check.status == Status::todo)
      add(result, fmt::format("\"{}\" is {}: {}", check.info.name, to_string(check.status),
                              check.finding ? check.finding->cause + ", " + check.finding->observed : ""));
}

void Expectations::of_wrong(const Wrong& variant, const LabResult& result) {
  if (!of_any(result)) return;
  const auto named =
      std::ranges::find(result.checks, variant.fails, [](const CheckResult& c) { return c.info.name; });
  if (named == result.checks.end())
    return add(result, fmt::format("names no check of the lab: \"{}\"", variant.fails));
  if (named->status == Status::skip) return;
  if (named->status != Status::fail)
    return add(result, fmt::format("\"{}\" is {}, not FAIL", variant.fails, to_string(named->status)));
  if (std::ranges::find(variant.causes, named->finding->cause) == variant.causes.end())
    add(result, fmt::format("\"{}\" fails with {} ({}), not with {}", variant.fails, named->finding->cause,
                            named->finding->observed, joined(variant.causes, " or ")));
  if (whole_) of_wholesale(result, *named);
}

void Expectations::of_wholesale(const LabResult& result, const CheckResult& named) {
  const auto survives = [](const CheckResult& check) {
    return check.status != Status::fail && check.status != Status::skip;
  };
  if (std::ranges::any_of(result.checks, survives)) return;
  const Finding& finding = *named.finding;
  const auto [first, is_new] = wholesale_.try_emplace(
      fmt::format("{}\n{}\n{}", named.info.name, finding.expected, finding.observed), result.variant);
  if (!is_new)
    add(result,
        fmt::format("is caught as \"{}\" is, and as there only because everything fails", first->second));
}

}  // namespace ipclab::cli
