#include "cli/regions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <stdexcept>

#include "base/text.hpp"

namespace ipclab::cli {
namespace {

std::string lines_of(const std::vector<std::string>& lines, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t i = first; i < last; ++i) text += lines[i] + "\n";
  return text;
}

/// Lines without their ends; a last line without one is a line too.
std::vector<std::string> split_lines(const std::string& text) {
  auto lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace

std::vector<Region> find_regions(const std::string& text, const std::string& name) {
  static const std::regex kBegin(R"((\s*)// TODO\((\d{1,4})\):\s*(.*))"),
      kEnd(R"(\s*// END\((\d{1,4})\)\s*)"), kComment(R"(\s*//\s*(.*))");
  const auto lines = split_lines(text);
  std::vector<Region> regions;
  std::smatch match;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (std::regex_match(lines[i], match, kEnd))
      throw std::runtime_error(fmt::format("{}:{}: END({}) has no TODO", name, i + 1, match[1].str()));
    if (!std::regex_match(lines[i], match, kBegin)) continue;
    Region region{std::stoi(match[2]), match[3], 0, 0, match[1]};
    if (std::ranges::find(regions, region.number, &Region::number) != regions.end())
      throw std::runtime_error(fmt::format("{}:{}: TODO({}) is there twice", name, i + 1, region.number));
    const std::size_t begin = i++;
    while (i < lines.size() && !std::regex_match(lines[i], kEnd) &&
           std::regex_match(lines[i], match, kComment))
      region.task += " " + match[1].str(), ++i;
    region.first = i;
    while (i < lines.size() && !std::regex_match(lines[i], match, kEnd)) ++i;
    if (i == lines.size() || std::stoi(match[1]) != region.number)
      throw std::runtime_error(
          fmt::format("{}:{}: TODO({}) has no END({})", name, begin + 1, region.number, region.number));
    region.last = i;
    regions.push_back(std::move(region));
  }
  return regions;
}

std::string body_of(const std::string& text, const Region& region) {
  return lines_of(split_lines(text), region.first, region.last);
}

std::string with_body(const std::string& text, int number, const std::string& body, const std::string& name) {
  const auto lines = split_lines(text);
  for (const Region& region : find_regions(text, name)) {
    if (region.number != number) continue;
    const std::string ended = body.empty() || body.ends_with('\n') ? body : body + "\n";
    return lines_of(lines, 0, region.first) + ended + lines_of(lines, region.last, lines.size());
  }
  throw std::runtime_error(fmt::format("{} has no TODO({})", name, number));
}

std::string empty_body(const Region& region) {
  return fmt::format("{}not_done({});\n", region.indent, region.number);
}

std::string emptied(const std::string& text, const std::string& name) {
  std::string result = text;
  for (const Region& region : find_regions(text, name))
    result = with_body(result, region.number, empty_body(region), name);
  return result;
}

std::string frame_of(const std::string& text, const std::string& name) {
  std::string result = text;
  for (const Region& region : find_regions(text, name)) result = with_body(result, region.number, "", name);
  return result;
}

}  // namespace ipclab::cli
