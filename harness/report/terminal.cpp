#include "report/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "report/layout.hpp"
#include "report/message.hpp"
#include "report/paint.hpp"

namespace ipclab::report {
namespace {

constexpr std::size_t kStatus = 6;  // "FAIL  "

/// "rule S4, TODO(3), 0 of 2"
std::string tag(const CheckResult& result) {
  std::vector<std::string> parts;
  if (!result.info.rule.empty()) parts.push_back("rule " + result.info.rule);
  if (result.info.todo) parts.push_back(fmt::format("TODO({})", result.info.todo));
  parts.push_back(result.status == Status::error
                      ? "not graded"
                      : fmt::format("{} of {}", result.earned(), result.info.points));
  return joined(parts, ", ");
}

/// The status, the sentence on the left, the tag at the right edge; wrapped when the terminal is too narrow.
std::string first_line(const CheckResult& result, const Style& style) {
  const Paint paint(style.colours);
  const std::string right = tag(result);
  const auto width = static_cast<std::size_t>(std::max(style.width, 40));
  const std::size_t room = width - kStatus;
  auto lines = wrapped(printable(result.info.name), room);
  if (columns(lines.back()) + 2 + columns(right) > room) lines.emplace_back();
  const std::size_t gap = room - std::min(room, columns(lines.back()) + columns(right));
  lines.back() += std::string(gap, ' ') + paint.faint(right);
  std::string text = paint.status(result.status, padded(to_string(result.status), kStatus));
  for (std::size_t i = 0; i < lines.size(); ++i)
    text += (i == 0 ? "" : std::string(kStatus, ' ')) + lines[i] + "\n";
  return text;
}

/// "TODO(2) at pipeline.cpp:57"
std::string todo_words(const CheckResult& result) {
  return fmt::format("TODO({}){}", result.todo, result.todo_place.empty() ? "" : " at " + result.todo_place);
}

/// One line for each TODO that a program came to.
std::string todo_lines(const LabResult& result, const Style& style) {
  std::map<std::string, int> checks;
  for (const CheckResult& check : result.checks)
    if (check.status == Status::todo) ++checks[todo_words(check)];
  std::string text;
  for (const auto& [todo, count] : checks)
    text += labelled("to do",
                     fmt::format("{} is not done yet: {} came as far as there.", todo,
                                 count == 1 ? "one check" : fmt::format("{} checks", count)),
                     style);
  return text;
}

/// "6 passed, 1 failed, 2 to do"
std::string counts(const std::vector<CheckResult>& checks) {
  const auto with = [&](Status status) {
    return std::ranges::count(checks, status, [](const CheckResult& check) { return check.status; });
  };
  std::vector<std::string> parts;
  const auto tell = [&](Status status, const char* words) {
    if (const auto n = with(status)) parts.push_back(fmt::format("{} {}", n, words));
  };
  tell(Status::pass, "passed");
  tell(Status::fail, "failed");
  tell(Status::todo, "to do");
  tell(Status::skip, "skipped");
  tell(Status::error, "not graded");
  return parts.empty() ? "no checks" : joined(parts, ", ");
}

std::string title(const LabResult& result) {
  return result.variant.empty() ? result.lab : fmt::format("{} ({})", result.lab, result.variant);
}

std::string verdict_on(const LabResult& result) {
  if (!result.compiled) return "does not compile";
  if (result.all_pass() && !result.checks.empty())
    return fmt::format("{} of {} points; all {} checks passed", result.earned(), result.points(),
                       result.checks.size());
  return fmt::format("{} of {} points; {}", result.earned(), result.points(), counts(result.checks));
}

Status worst(const LabResult& result) {
  Status worst = result.compiled ? Status::pass : Status::fail;
  for (const Status status : {Status::skip, Status::todo, Status::fail, Status::error})
    if (std::ranges::find(result.checks, status, &CheckResult::status) != result.checks.end()) worst = status;
  return worst;
}

/// What the machine cannot give, once.
std::string room_line(const LabResult& result, const Style& style) {
  const auto lost = std::ranges::find_if(result.checks, [](const CheckResult& check) {
    return !check.room.empty() && check.room != "namespaces";
  });
  return lost == result.checks.end() ? "" : labelled("room", lost->room, style);
}

std::string paint_title(std::string line, const LabResult& result, const Style& style) {
  const std::size_t end = std::min(line.size(), title(result).size());
  return line.replace(0, end, Paint(style.colours).status(worst(result), line.substr(0, end)));
}

/// "01-pipe: 6 of 9 points; …", broken where the terminal is too narrow.
std::string total(const LabResult& result, const Style& style) {
  const auto width = static_cast<std::size_t>(std::max(style.width, 40));
  auto lines = wrapped(title(result) + ": " + verdict_on(result), width - 2);
  std::string text = paint_title(lines.front(), result, style) + "\n";
  for (std::size_t i = 1; i < lines.size(); ++i) text += "  " + lines[i] + "\n";
  return text;
}

std::string compiler(const LabResult& result) {
  std::string text;
  for (const std::string& line : lines_of(printable(result.compiler_output))) text += line + "\n";
  return text;
}

}  // namespace

std::string check(const CheckResult& result, const std::string& lab, const Style& style, bool in_full) {
  std::string text = first_line(result, style);
  if (result.status == Status::skip) text += labelled("skipped", result.reason, style);
  if (result.status == Status::error)
    text += labelled("error", "the harness failed, not your program: " + result.reason, style);
  if (in_full && result.status == Status::todo)
    text += labelled("not done", todo_words(result) + " is where the program stopped.", style);
  if (in_full && result.status == Status::fail) text += message(result, lab, style);
  else if (in_full && style.verbose) text += printed(result, style);
  if (in_full && style.verbose) text += events(result, style);
  return text;
}

std::string lab(const LabResult& result, const Style& style) {
  const Paint paint(style.colours);
  std::string text = paint.bold(title(result)) + "\n";
  text += compiler(result);
  bool told = false;
  for (const CheckResult& one : result.checks) {
    const bool in_full = style.verbose || (one.status == Status::fail && !told);
    told |= one.status == Status::fail;
    text += check(one, result.lab, style, in_full);
  }
  text += todo_lines(result, style) + room_line(result, style);
  return text + total(result, style);
}

std::string summary(const std::vector<LabResult>& labs, const Style& style) {
  const Paint paint(style.colours);
  std::size_t width = 0;
  int earned = 0, points = 0;
  for (const LabResult& lab : labs) {
    width = std::max(width, columns(title(lab)));
    earned += lab.earned();
    points += lab.points();
  }
  std::string text;
  for (const LabResult& lab : labs)
    text += fmt::format("{}  {}\n", paint.status(worst(lab), padded(title(lab), width)), verdict_on(lab));
  return text + paint.bold(fmt::format("{} labs: {} of {} points", labs.size(), earned, points)) + "\n";
}

std::string finding(const Finding& finding, const Style& style) {
  return labelled("expected", finding.expected, style) + labelled("observed", finding.observed, style) +
         table(finding.table, 4, style) + labelled("because", finding.because, style) +
         labelled("next", joined(finding.next, "; "), style);
}

std::string verdict(const detect::Verdict& verdict, const Style& style) {
  const Paint paint(style.colours);
  const std::string line = printable(verdict.first_line());
  const auto colon = line.find(':');
  const std::string kind = line.substr(0, colon);
  std::string text = (verdict.stuck() ? paint.red(kind) : paint.bold(kind)) + line.substr(colon) + "\n";
  text += table(verdict.graph, 2, style);
  if (!verdict.because.empty()) text += labelled("because", verdict.because, style);
  return text;
}

}  // namespace ipclab::report
