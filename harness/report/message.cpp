#include "report/message.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/layout.hpp"

namespace ipclab::report {
namespace {

constexpr std::size_t kLabel = 12;         // "  expected  "
constexpr std::size_t kLeastText = 24;     // however narrow the terminal is
constexpr std::size_t kShortOutput = 600;  // bytes: what is shown without being asked for
constexpr std::size_t kShortLines = 10;
constexpr std::string_view kGap = "   ";  // between columns

/// "  expected  "
std::string label(const std::string& word, const Style& style) {
  return "  " + Paint(style.colours).faint(padded(word, kLabel - 4)) + "  ";
}

std::size_t room_beside(std::size_t indent, const Style& style) {
  const auto width = static_cast<std::size_t>(std::max(style.width, 0));
  return width > indent + kLeastText ? width - indent : kLeastText;
}

std::string row_lines(const Row& row, std::size_t indent, std::size_t first, std::size_t second,
                      const Style& style) {
  const std::string margin(indent, ' ');
  const std::string who = first ? padded(row.who, first).append(kGap) : "";
  const std::size_t room = room_beside(indent + (first ? first + kGap.size() : 0), style);
  std::string what = row.what;
  if (!row.how.empty()) what = padded(what, second).append(kGap) + row.how;
  if (columns(what) <= room) return fmt::format("{}{}{}\n", margin, who, what);
  // Too long for one line: each part below the other.
  auto lines = wrapped(row.what, room);
  if (!row.how.empty())
    for (std::string& line : wrapped(row.how, room)) lines.push_back(std::move(line));
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i)
    text += fmt::format("{}{}{}\n", margin, i == 0 ? who : std::string(columns(who), ' '), lines[i]);
  return text;
}

/// A command and what it is for, in two columns; one below the other where the terminal is too narrow.
std::string commands(const std::vector<std::pair<std::string, std::string>>& all, const Style& style) {
  constexpr std::size_t kWideGap = 6;
  std::size_t first = 0, second = 0;
  for (const auto& [command, purpose] : all) {
    first = std::max(first, columns(command));
    second = std::max(second, columns(purpose));
  }
  const std::string margin(kLabel, ' ');
  const bool fits = first + kWideGap + second <= room_beside(kLabel, style);
  std::string text;
  for (const auto& [command, purpose] : all)
    text += fits ? margin + padded(command, first + kWideGap) + purpose + "\n"
                 : fmt::format("{0}{1}\n{0}  {2}\n", margin, command, purpose);
  return text;
}

/// What else the finding names: a way to have the same again is a command, the rest is to be read.
bool is_command(const std::string& next) { return next.starts_with("ipclab "); }

std::string next(const CheckResult& result, const std::string& lab, const Style& style) {
  const std::string number = result.info.todo ? fmt::format(" {}", result.info.todo) : "";
  const auto named = result.finding ? result.finding->next : std::vector<std::string>();
  const auto replay = std::ranges::find_if(named, is_command);
  const bool replays = replay != named.end();
  std::string text = commands({{fmt::format("ipclab hint {}{}", lab, number), "a question to think about"},
                               {replays ? *replay : fmt::format("ipclab check {} -v", lab),
                                replays ? "the same order of steps again, and each of them"
                                        : "the same run, every event, in order of time"}},
                              style);
  if (!named.empty()) {
    std::vector<std::string> to_read = named;
    std::erase_if(to_read, is_command);
    to_read.push_back("labs/" + lab + "/README.md");
    if (style.slides) to_read.push_back("slides/" + lab);
    const std::string pages = joined(to_read, "; ");
    for (const std::string& line : wrapped(pages, room_beside(kLabel, style)))
      text += std::string(kLabel, ' ') + line + "\n";
  }
  return text.replace(0, kLabel, label("next", style));
}

bool is_short(std::string_view text) {
  return text.size() <= kShortOutput && lines_of(text).size() <= kShortLines;
}

}  // namespace

std::string labelled(const std::string& word, const std::string& text, const Style& style) {
  if (text.empty()) return "";
  std::string out;
  for (const std::string& line : wrapped(printable(text), room_beside(kLabel, style)))
    out += line.empty() ? "\n" : std::string(kLabel, ' ') + line + "\n";
  return out.replace(0, kLabel, label(word, style));
}

std::string table(const std::vector<Row>& rows, std::size_t indent, const Style& style) {
  std::vector<Row> shown;
  for (const Row& row : rows)
    shown.push_back({printable_cell(row.who), printable_cell(row.what), printable_cell(row.how)});
  constexpr std::size_t kWidestWho = 30, kWidestWhat = 48;
  std::size_t first = 0, second = 0;
  for (const Row& row : shown) {
    first = std::max(first, std::min(columns(row.who), kWidestWho));
    if (!row.how.empty()) second = std::max(second, std::min(columns(row.what), kWidestWhat));
  }
  std::string text;
  for (const Row& row : shown) text += row_lines(row, indent, first, second, style);
  return text;
}

std::string message(const CheckResult& result, const std::string& lab, const Style& style) {
  std::string text;
  if (result.finding) {
    const Finding& finding = *result.finding;
    text += labelled("expected", finding.expected, style);
    text += labelled("observed", finding.observed, style);
    text += table(finding.table, kLabel + 2, style);
    if (!finding.because.empty()) text += labelled("because", finding.because, style);
  }
  return text + printed(result, style) + next(result, lab, style);
}

std::string events(const CheckResult& result, const Style& style) {
  if (result.events.empty()) return "";
  std::vector<Row> rows;
  std::size_t first = 0;
  for (const Event& event : result.events) first = std::max(first, columns(printable_cell(event.who)));
  for (const Event& event : result.events)
    rows.push_back({fmt::format("{:>9.3f} ms", static_cast<double>(event.at.count()) / 1e3),
                    padded(printable_cell(event.who), first) + "  " + event.what, ""});
  return "  events\n" + table(rows, 2, style);
}

std::string printed(const CheckResult& result, const Style& style) {
  if (result.printed.empty() || (!style.verbose && !is_short(result.printed))) return "";
  std::string text;
  for (const std::string& line : lines_of(printable(result.printed)))
    text += line.empty() ? "\n" : std::string(kLabel, ' ') + line + "\n";
  return text.empty() ? text : text.replace(0, kLabel, label("printed", style));
}

}  // namespace ipclab::report
