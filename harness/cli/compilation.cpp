#include "cli/compilation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/cxx.hpp"

namespace ipclab::cli {
namespace {

std::string hash_of(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += fmt::format("{}:{};", part.size(), part);
  return fmt::format("{:016x}{:016x}", std::hash<std::string>{}(all), std::hash<std::string>{}(all + "'"));
}

bool has_watched(const Kinds& kinds) { return std::ranges::find(kinds, Kind::watched) != kinds.end(); }

/// All but the sources themselves.
std::vector<std::string> circumstances(const Variant& variant, const Kinds& kinds) {
  std::vector<std::string> parts = headers(variant);
  parts.push_back(compiler_version());
  parts.insert(parts.end(), compiler_flags().begin(), compiler_flags().end());
  if (!has_watched(kinds)) return parts;
  const auto flags = instrumented({"-c"}, "");
  parts.insert(parts.end(), flags.begin(), flags.end());
  return parts;
}

}  // namespace

bool is_source(const std::string& name) { return name.ends_with(".cpp"); }

const std::vector<std::string>& compiler_flags() {
  static const std::vector<std::string> flags{"-std=c++20", "-g", "-O1", "-Wall", "-Wextra", "-pthread"};
  return flags;
}

std::string key_of_object(const Variant& variant, const std::string& source, Kind kind) {
  std::vector<std::string> parts = circumstances(variant, {kind});
  parts.insert(parts.end(), {source, variant.files.at(source)});
  return hash_of(parts);
}

std::string key_of_programs(const Variant& variant, const Kinds& kinds) {
  std::vector<std::string> parts = circumstances(variant, kinds);
  for (const auto& [name, text] : variant.files)
    if (is_source(name)) parts.insert(parts.end(), {name, text});
  parts.push_back(joined(variant.lab.programs, " "));
  if (has_watched(kinds)) parts.push_back(read_file(race_runtime()));
  return hash_of(parts);
}

std::string key_of_preamble(const Variant& variant, const std::string& preamble, Kind kind) {
  std::vector<std::string> parts = circumstances(variant, {kind});
  parts.push_back(preamble);
  return hash_of(parts);
}

std::vector<std::string> headers(const Variant& variant) {
  std::vector<std::string> texts;
  for (const auto& [name, text] : variant.files)
    if (!is_source(name)) texts.insert(texts.end(), {name, text});
  for (const auto& entry : fs::recursive_directory_iterator(source_root() / "harness/lab"))
    if (entry.is_regular_file()) texts.push_back(read_file(entry.path()));
  return texts;
}

}  // namespace ipclab::cli
