#include "report/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace ipclab::report {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t size = 1;  // bytes
  bool valid = false;
};

/// The character that begins the text (RFC 3629). Invalid: one byte.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {lead, 1, false};
  char32_t code = lead & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {lead, 1, false};
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (code < kLeast[size] || surrogate || code > 0x10ffff) return {lead, 1, false};
  return {code, size, true};
}

std::size_t width_of(char32_t code) {
  struct Range {
    char32_t first, last;
  };
  constexpr std::array<Range, 4> kNarrow = {
      {{0x300, 0x36f}, {0x200b, 0x200f}, {0xfe00, 0xfe0f}, {0x1ab0, 0x1aff}}};
  constexpr std::array<Range, 6> kWide = {{{0x1100, 0x115f},
                                           {0x2e80, 0xa4cf},
                                           {0xac00, 0xd7a3},
                                           {0xf900, 0xfaff},
                                           {0xff00, 0xff60},
                                           {0x1f300, 0x1faff}}};
  const auto has = [&](const Range& range) { return code >= range.first && code <= range.last; };
  if (std::ranges::any_of(kNarrow, has)) return 0;
  return std::ranges::any_of(kWide, has) ? 2 : 1;
}

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t total = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    total += character.valid ? width_of(character.code) : 1;
    text.remove_prefix(character.size);
  }
  return total;
}

std::string padded(std::string text, std::size_t width) {
  if (const std::size_t taken = columns(text); taken < width) text.append(width - taken, ' ');
  return text;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string& paragraph : split(text, '\n')) {
    std::string line;
    for (const std::string& word : split(paragraph, ' ')) {
      if (word.empty()) continue;
      if (!line.empty() && columns(line) + 1 + columns(word) > width)
        lines.push_back(std::exchange(line, ""));
      line += line.empty() ? word : " " + word;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string printable(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const Character character = first_character(bytes);
    const bool plain = character.code == '\n' || character.code == '\t' || !is_control(character.code);
    if (character.valid && plain) text += bytes.substr(0, character.size);
    else
      for (const unsigned char byte : bytes.substr(0, character.size)) text += fmt::format("\\x{:02x}", byte);
    bytes.remove_prefix(character.size);
  }
  return text;
}

std::string printable_cell(std::string_view bytes) {
  std::string text;
  for (const char c : printable(bytes)) {
    if (c == '\n') text += "\\n";
    else if (c == '\t') text += "\\t";
    else text += c;
  }
  return text;
}

std::vector<std::string> lines_of(std::string_view text) {
  auto lines = split(text, '\n');
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace ipclab::report
