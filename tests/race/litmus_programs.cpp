#include "litmus.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/file.hpp"
#include "base/text.hpp"

namespace fs = std::filesystem;

namespace {

Litmus read_litmus(const fs::path& source) {
  Litmus litmus{source.stem(), "", "", false};
  const auto lines = ipclab::split(ipclab::read_file(source), '\n');
  const auto words = ipclab::split(lines[0], ' ');
  litmus.by_luck = lines[0].find("by luck") != std::string::npos;
  const std::string calls = "calls it ";
  if (const auto at = lines[0].find(calls); at != std::string::npos)
    litmus.variable = lines[0].substr(at + calls.size());
  std::size_t a = 0, b = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool both = lines[i].ends_with("// A B");
    if (both || lines[i].ends_with("// A")) a = i + 1;
    if (both || lines[i].ends_with("// B")) b = i + 1;
  }
  const auto place = [&](std::size_t line) {
    return source.filename().string() + ":" + std::to_string(line);
  };
  litmus.first_line = words[1] + " ";
  if (a && b) litmus.first_line = words[1] + " " + place(std::min(a, b)) + " " + place(std::max(a, b)) + " ";
  return litmus;
}

}  // namespace

std::vector<Litmus> litmus_programs() {
  std::vector<Litmus> all;
  for (const auto& entry : fs::directory_iterator(IPCLAB_SOURCE "/tests/race/litmus"))
    if (Litmus litmus = read_litmus(entry.path()); fs::exists(litmus_path(litmus, false)))
      all.push_back(std::move(litmus));
  std::ranges::sort(all, {}, &Litmus::name);
  return all;
}

std::string litmus_path(const Litmus& litmus, bool mended) {
  return IPCLAB_BUILD "/litmus/" + litmus.name + (mended ? "-mended" : "");
}
