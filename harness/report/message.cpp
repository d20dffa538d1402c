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

std::size_t room_beside(std::size_t indent, const Style& style) {
  const auto width = static_cast<std::size_t>(std::max(style.width, 0));
  return width > indent + kLeastText ? width - indent : kLeastText;
}

std::string row_lines(const Row& row, std::size_t indent, std::size_t first, std::size_t second,
                      const Style& style) {
  const std::string margin(indent, ' ');
  const std::string who = first ? padded(row.who, first) + "  " : "";
  const std::size_t room = room_beside(indent + (first ? first + 2 : 0), style);
  std::string what = row.what;
  if (!row.how.empty()) what = padded(what, second) + "  " + row.how;
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

/// A command and what it is for; the same column for all of them.
std::string commands(const CheckResult& result, const std::string& lab) {
  const std::string number = result.info.todo ? fmt::format(" {}", result.info.todo) : "";
  const std::string hint = fmt::format("ipclab hint {}{}", lab, number);
  const std::string again = fmt::format("ipclab check {} -v", lab);
  const std::size_t width = std::max(columns(hint), columns(again)) + 6;
  return fmt::format("{}a question to think about\n{}the same run, every event, in order of time",
                     padded(hint, width), padded(again, width));
}

std::string next(const CheckResult& result, const std::string& lab, const Style& style) {
  std::string text;
  const std::string margin(kLabel, ' ');
  for (const std::string& line : split(commands(result, lab), '\n')) text += margin + line + "\n";
  text.replace(0, kLabel, "  next      ");
  if (!result.finding || result.finding->next.empty()) return text;
  const std::string pages = joined(result.finding->next, "; ") + "; slides/" + lab;
  for (const std::string& line : wrapped(pages, room_beside(kLabel, style))) text += margin + line + "\n";
  return text;
}

bool is_short(std::string_view text) {
  return text.size() <= kShortOutput && lines_of(text).size() <= kShortLines;
}

}  // namespace

std::string labelled(const std::string& label, const std::string& text, const Style& style) {
  const Paint paint(style.colours);
  std::string out;
  if (text.empty()) return out;
  for (const std::string& line : wrapped(printable(text), room_beside(kLabel, style))) {
    const std::string margin =
        out.empty() ? "  " + paint.faint(padded(label, kLabel - 4)) + "  " : std::string(kLabel, ' ');
    out += line.empty() ? "\n" : margin + line + "\n";
  }
  return out;
}

std::string table(const std::vector<Row>& rows, std::size_t indent, const Style& style) {
  std::vector<Row> shown;
  for (const Row& row : rows) shown.push_back({printable(row.who), printable(row.what), printable(row.how)});
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
  for (const Event& event : result.events) first = std::max(first, columns(printable(event.who)));
  for (const Event& event : result.events)
    rows.push_back({fmt::format("{:>9.3f} ms", static_cast<double>(event.at.count()) / 1e3),
                    padded(printable(event.who), first) + "  " + printable(event.what), ""});
  return "  events\n" + table(rows, 2, style);
}

std::string printed(const CheckResult& result, const Style& style) {
  if (result.printed.empty() || (!style.verbose && !is_short(result.printed))) return "";
  std::string text = "  printed\n";
  for (const std::string& line : lines_of(printable(result.printed)))
    text += std::string(kLabel, ' ') + line + "\n";
  return text;
}

}  // namespace ipclab::report
