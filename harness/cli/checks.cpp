#include "cli/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/build.hpp"
#include "cli/errors.hpp"
#include "model/json.hpp"
#include "process/run.hpp"

namespace ipclab::cli {
namespace {

// An upper bound far above what any check takes (its own last resort comes first): for a harness that is
// broken.
constexpr std::chrono::seconds kBroken{300};

CheckResult error(const CheckInfo& info, std::string reason) {
  CheckResult result;
  result.info = info;
  result.reason = std::move(reason);
  return result;
}

CheckResult result_of(const CheckInfo& info, const process::Outcome& outcome) {
  if (!outcome.result.empty()) try {
      return nlohmann::json::parse(outcome.result).get<CheckResult>();
    } catch (const nlohmann::json::exception&) {
    }
  return error(info, fmt::format("the check's own process ended without a result ({}){}",
                                 outcome.signal ? fmt::format("signal {}", outcome.signal)
                                                : fmt::format("exit status {}", outcome.exit_code),
                                 outcome.err.empty() ? "" : ": " + outcome.err));
}

void skip_dependants(std::vector<CheckResult>& checks) {
  for (CheckResult& check : checks) {
    if (check.status != Status::fail || check.info.needs.empty()) continue;
    const auto needed =
        std::ranges::find(checks, check.info.needs, [](const CheckResult& c) { return c.info.name; });
    if (needed == checks.end() || needed->status == Status::pass) continue;
    check.status = Status::skip;
    check.reason = "needs: " + check.info.needs;
    check.finding.reset();
  }
}

}  // namespace

std::vector<CheckInfo> checks_of(const Lab& lab) {
  process::Command command;
  command.argv = {lab.checks.string(), "--list"};
  const auto outcome = process::run(command);
  if (!outcome.ok())
    throw MachineError(fmt::format("{} --list failed: {}", lab.checks.string(), outcome.err));
  return nlohmann::json::parse(outcome.out).get<std::vector<CheckInfo>>();
}

LabResult check_variant(const Variant& variant, const RunOptions& options) {
  LabResult lab;
  lab.lab = variant.lab.name;
  lab.variant = variant.label;
  auto infos = checks_of(variant.lab);
  if (!options.only.empty())
    std::erase_if(infos,
                  [&](const CheckInfo& info) { return info.name.find(options.only) == std::string::npos; });
  const Built built = build(variant, std::ranges::any_of(infos, &CheckInfo::races));
  lab.compiled = built.compiled;
  lab.compiler_output = built.messages;
  if (!lab.compiled) {
    for (const CheckInfo& info : infos)
      lab.checks.push_back(error(info, "not run: the program does not compile"));
    for (CheckResult& check : lab.checks) check.status = Status::skip;
    return lab;
  }
  std::vector<process::Command> commands;
  for (const CheckInfo& info : infos) {
    process::Command command;
    command.argv = {variant.lab.checks.string(), "--run", info.name};
    command.environment = {{"IPCLAB_PROGRAMS", built.programs.string()}, {"IPCLAB_LAB", variant.lab.name}};
    if (options.seed) command.environment.emplace_back("IPCLAB_SEED", *options.seed);
    if (options.schedule) command.environment.emplace_back("IPCLAB_SCHEDULE", *options.schedule);
    command.result_channel = true;
    command.limit = kBroken;
    commands.push_back(std::move(command));
  }
  lab.checks.resize(infos.size());
  int done = 0;
  process::run_all(commands, options.jobs, [&](std::size_t index, process::Outcome outcome) {
    lab.checks[index] = result_of(infos[index], outcome);
    if (options.progress) options.progress(++done, static_cast<int>(infos.size()));
  });
  if (options.skip_dependants) skip_dependants(lab.checks);
  return lab;
}

}  // namespace ipclab::cli
