#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <regex>
#include <sstream>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/hints.hpp"
#include "cli/project.hpp"
#include "cli/state.hpp"

namespace ipclab::cli {

std::map<int, std::vector<std::string>> read_hints(const std::string& readme) {
  static const std::regex kHeading(R"(###\s+TODO\((\d+)\).*)"), kItem(R"(\d+\.\s+(.*))");
  std::map<int, std::vector<std::string>> hints;
  std::istringstream lines(readme);
  std::smatch match;
  int todo = 0;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, kHeading)) todo = std::stoi(match[1]);
    else if (line.starts_with("#")) todo = 0;
    else if (todo && std::regex_match(line, match, kItem)) hints[todo].push_back(match[1]);
    else if (todo && !hints[todo].empty() && line.starts_with(" ")) hints[todo].back() += "\n" + line;
  }
  return hints;
}

std::string next_hint(const std::string& lab, const std::vector<std::string>& hints, int todo) {
  const int shown = hints_shown(lab, todo);
  const int last = std::min<int>(shown, static_cast<int>(hints.size()) - 1);
  std::string text = fmt::format("{}, TODO({})\n\n", lab, todo);
  for (int i = 0; i <= last; ++i) text += fmt::format("{}. {}\n", i + 1, hints[static_cast<std::size_t>(i)]);
  if (last + 1 < static_cast<int>(hints.size()))
    text += fmt::format("\nAsk again for one more ({} left).\n",
                        hints.size() - static_cast<std::size_t>(last) - 1);
  if (shown < static_cast<int>(hints.size())) add_hint_shown(lab, todo);
  return text;
}

namespace {

/// The TODO that the last check came to or failed at, else the first.
int likely_todo(const Lab& lab, const std::map<int, std::vector<std::string>>& hints) {
  if (const auto result = last_result(lab.name))
    for (const CheckResult& check : result->checks) {
      if (check.status == Status::todo && check.todo) return check.todo;
      if (check.status == Status::fail && check.info.todo) return check.info.todo;
    }
  return hints.begin()->first;
}

int hint_command(const std::string& typed, int todo) {
  const Lab lab = find_lab(typed);
  const auto hints = read_hints(try_read_file(lab.directory() / "README.md").value_or(""));
  if (hints.empty()) throw UsageError(lab.name + " has no hints");
  if (todo == 0) todo = likely_todo(lab, hints);
  if (!hints.contains(todo)) throw UsageError(fmt::format("{} has no hints for a TODO({})", lab.name, todo));
  fmt::print("{}", next_hint(lab.name, hints.at(todo), todo));
  return 0;
}

}  // namespace

void add_hint(CLI::App& app, Action& action) {
  auto lab = std::make_shared<std::string>();
  auto todo = std::make_shared<int>(0);
  CLI::App* command = app.add_subcommand("hint", "a question to think about; one more each time");
  command->add_option("LAB", *lab)->required();
  command->add_option("TODO", *todo, "its number; none: the one that you are at");
  command->callback([lab, todo, &action] { action = [lab, todo] { return hint_command(*lab, *todo); }; });
}

}  // namespace ipclab::cli
