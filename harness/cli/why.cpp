#include "cli/why.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/inquiry.hpp"
#include "cli/start.hpp"
#include "cli/terminal.hpp"
#include "report/json.hpp"
#include "report/terminal.hpp"

namespace ipclab::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kNotStuck = 0, kStuck = 1;

Clock::time_point deadline(const WhyOptions& options, double by_default) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(
                            std::chrono::duration<double>(options.seconds.value_or(by_default)));
}

int tell(const Answer& answer, const WhyOptions& options) {
  fmt::print("{}", options.json ? report::to_json(answer.verdict, answer.snapshot)
                                : report::verdict(answer.verdict, terminal_style(STDOUT_FILENO)));
  std::fflush(stdout);
  return answer.verdict.stuck() ? kStuck : kNotStuck;
}

Answer ended(const std::string& name, int pid, int status) {
  Process process;
  process.pid = pid;
  process.name = process.program = name;
  process.activity = WIFSIGNALED(status) ? Activity::killed : Activity::exited;
  process.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  process.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  Answer answer;
  answer.snapshot.proved = true;
  answer.snapshot.processes.push_back(process);
  answer.verdict = detect::verdict(answer.snapshot);
  return answer;
}

int why_command(const WhyOptions& options) {
  process::Tree::Start start;
  start.argv = options.command;
  start.streams = {STDIN_FILENO, STDERR_FILENO, STDERR_FILENO};
  auto tree = start_for_person(start);
  Inquiry inquiry(closed_world(*tree), true);
  auto answer = inquiry.ask(deadline(options, 10), tree->gone_fd(), [&] { return tree->gone(); });
  if (answer) answer = inquiry.explained(std::move(*answer));
  else
    answer = ended(std::filesystem::path(start.argv[0]).filename(), tree->program(),
                   tree->status().value_or(SIGKILL));
  tree.reset();  // before the verdict is told: nothing of it runs on
  return tell(*answer, options);
}

/// What /proc/PID/status says; empty when there is no such process.
std::string status_field(const std::string& status, std::string_view name) {
  const auto at = status.find(fmt::format("\n{}:", name));
  if (at == std::string::npos) return "";
  const auto begin = status.find_first_not_of("\t ", at + name.size() + 2);
  return status.substr(begin, status.find('\n', begin) - begin);
}

/// A process that has ended and that its parent has not waited for. Its status is the last field of
/// /proc/PID/stat (proc_pid_stat(5)).
Answer zombie(int pid) {
  const std::string stat = read_file(fmt::format("/proc/{}/stat", pid));
  const auto open = stat.find('('), close = stat.rfind(')');
  return ended(stat.substr(open + 1, close - open - 1), pid, std::atoi(stat.c_str() + stat.rfind(' ')));
}

/// /proc/PID/syscall may be read by whoever may trace the process (ptrace(2), PTRACE_MODE_ATTACH; Yama).
bool may_look_into(int pid) { return try_read_file(fmt::format("/proc/{}/syscall", pid)).has_value(); }

std::string refusal(int pid, const std::string& status) {
  std::string text =
      fmt::format("no permission to look into process {} ({})", pid, status.substr(6, status.find('\n') - 6));
  if (::geteuid() == 0) return text + ", although we are root: a container or a security module forbids it";
  const auto yama = try_read_file("/proc/sys/kernel/yama/ptrace_scope");
  if (std::atoi(status_field(status, "Uid").c_str()) != static_cast<int>(::getuid()))
    text += ", another user's";
  else if (yama && *yama != "0\n")
    text += "; kernel.yama.ptrace_scope allows it for one's own children only: use `ipclab why -- COMMAND…`";
  return text + "; as root it works";
}

int why_pid(const WhyOptions& options) {
  const std::string status = try_read_file(fmt::format("/proc/{}/status", options.pid)).value_or("");
  if (status.empty()) throw UsageError(fmt::format("there is no process {}", options.pid));
  const int pid = std::atoi(status_field(status, "Tgid").c_str());  // the number may be a thread's
  if (status_field(status, "State").starts_with("Z")) return tell(zombie(pid), options);
  if (status_field(status, "VmSize").empty())
    throw UsageError(fmt::format("process {} is a part of the kernel", pid));
  if (!may_look_into(pid)) throw MachineError(refusal(pid, status));
  observe::World world;
  world.roots = {pid};
  world.open_world = true;
  Inquiry inquiry(std::move(world), false);
  auto answer = inquiry.ask(deadline(options, 0.5), -1, [&] { return inquiry.watch().empty(); });
  if (!answer) throw UsageError(fmt::format("process {} has ended meanwhile", pid));
  return tell(inquiry.explained(std::move(*answer)), options);
}

int process_number(const std::string& digits) {
  int value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc{}) throw UsageError("there is no process " + digits);
  return value;
}

}  // namespace

int why(const WhyOptions& options) {
  return options.command.empty() ? why_pid(options) : why_command(options);
}

void add_why(CLI::App& app, Action& action) {
  struct Typed {
    WhyOptions options;
    std::vector<std::string> target;
  };
  const auto typed = std::make_shared<Typed>();
  CLI::App* command =
      app.add_subcommand("why", "Say what a process or a command, with all its children, waits for");
  command->footer("ipclab why 1234\nipclab why --for 5 -- ./pipeline ls : wc");
  command
      ->add_option("--for", typed->options.seconds,
                   "At most this long (default: 10 for a command, 0.5 for a PID)")
      ->check(CLI::Range(0.0, 86400.0));
  command->add_flag("--json", typed->options.json, "The verdict and the whole picture as JSON");
  command->add_option("target", typed->target, "A process number, or a command and its arguments")
      ->required();
  command->callback([typed, &action] {
    const std::string& first = typed->target.front();
    if (typed->target.size() == 1 &&
        std::ranges::all_of(first, [](unsigned char c) { return std::isdigit(c); }))
      typed->options.pid = process_number(first);
    else typed->options.command = typed->target;
    action = [typed] { return why(typed->options); };
  });
}

}  // namespace ipclab::cli
