#include "cli/variant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/errors.hpp"
#include "cli/regions.hpp"

namespace ipclab::cli {
namespace {

bool is_code(const fs::path& path) {
  const auto extension = path.extension();
  return extension == ".cpp" || extension == ".hpp" || extension == ".h";
}

std::map<std::string, std::string> files_in(const fs::path& directory) {
  std::map<std::string, std::string> files;
  if (!fs::is_directory(directory)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.is_regular_file() && is_code(entry.path()))
      files[entry.path().lexically_relative(directory)] = read_file(entry.path());
  return files;
}

std::map<std::string, std::string> overlaid(std::map<std::string, std::string> base,
                                            const std::map<std::string, std::string>& above) {
  for (const auto& [name, text] : above) base[name] = text;
  return base;
}

std::string shown(const fs::path& directory) {
  return directory.lexically_relative(source_root()).string() + "/";
}

std::vector<std::string> names_in(const fs::path& directory, bool directories) {
  std::vector<std::string> names;
  if (!fs::is_directory(directory)) return names;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.is_directory() == directories) names.push_back(entry.path().stem());
  std::ranges::sort(names);
  return names;
}

/// "// fails: …", "// cause: a | b", comment lines, then the body; for several TODOs ("02+03-…") the bodies
/// are parted by lines "// TODO(3)".
Wrong parse_wrong(const fs::path& file) {
  Wrong wrong;
  wrong.name = file.stem();
  std::istringstream lines(read_file(file));
  const auto field = [&](std::string_view prefix) {
    std::string line;
    if (!std::getline(lines, line) || !line.starts_with(prefix))
      throw MachineError(fmt::format("{}: the line \"{}…\" is missing", shown(file), prefix));
    return std::string(trimmed(std::string_view(line).substr(prefix.size())));
  };
  wrong.fails = field("// fails: ");
  for (const std::string& cause : split(field("// cause: "), '|')) wrong.causes.emplace_back(trimmed(cause));
  int number = std::stoi(wrong.name);
  bool heading = true;
  for (std::string line; std::getline(lines, line);) {
    if (heading && line.starts_with("//") && !line.starts_with("// TODO(")) continue;
    heading = false;
    if (trimmed(line).starts_with("// TODO(")) {
      number = std::stoi(std::string(trimmed(line).substr(8)));
      wrong.bodies[number];
      continue;
    }
    wrong.bodies[number] += line + "\n";
  }
  return wrong;
}

/// A student's file. Not through a link: it could lead to a solution that only the grader may read.
std::string submitted(const fs::path& directory, const fs::path& path) {
  constexpr std::uintmax_t kMost = 1u << 20;
  for (fs::path part = path; part != directory; part = part.parent_path())
    if (fs::is_symlink(part))
      throw UsageError(
          fmt::format("{} is a symbolic link; a submission has the files themselves", part.string()));
  if (fs::file_size(path) > kMost) throw UsageError(fmt::format("{} is larger than 1 MiB", path.string()));
  const auto text = try_read_file(path);
  if (!text) throw UsageError(fmt::format("cannot read {}", path.string()));
  return *text;
}

}  // namespace

std::vector<std::string> learner_files(const Lab& lab) {
  std::vector<std::string> names;
  for (const auto& [name, text] : files_in(fs::is_directory(lab.solution()) ? lab.solution() : lab.sources()))
    if (text.find("// TODO(") != std::string::npos) names.push_back(name);
  return names;
}

Variant learners(const Lab& lab) {
  Variant own{lab, "", shown(lab.sources()), files_in(lab.sources())};
  for (const auto& [name, text] : files_in(lab.solution()))
    if (!own.files.contains(name))
      throw UsageError(
          fmt::format("{}{} is missing; ipclab reset {} puts it back", own.shown, name, lab.name));
  return own;
}

Variant solution(const Lab& lab) {
  if (!fs::is_directory(lab.solution())) throw UsageError("there is no solution of " + lab.name + " here");
  return {lab, "solution", shown(lab.solution()),
          overlaid(files_in(lab.sources()), files_in(lab.solution()))};
}

Variant skeleton(const Lab& lab) {
  Variant variant = solution(lab);
  variant.label = "skeleton";
  for (auto& [name, text] : variant.files) text = emptied(text, name);
  return variant;
}

Variant submission(const Lab& lab, const fs::path& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error))
    throw UsageError(fmt::format("{} is not a directory that can be read{}", directory.string(),
                                 error ? ": " + error.message() : std::string()));
  Variant variant{lab, "submission", "", files_in(lab.sources())};
  for (const fs::path& place : {directory / lab.name / "src", directory / lab.name,
                                directory / "labs" / lab.name / "src", directory / "src", directory}) {
    const auto wanted = learner_files(lab);
    std::vector<std::string> missing;
    for (const std::string& name : wanted)
      if (!fs::is_regular_file(place / name, error)) missing.push_back(name);
    if (missing.size() == wanted.size() && place != directory) continue;
    if (!missing.empty())
      throw UsageError(
          fmt::format("the submission in {} lacks {}", directory.string(), joined(missing, ", ")));
    for (const std::string& name : wanted) variant.files[name] = submitted(directory, place / name);
    // What stands beside them belongs to them: a learner may change every file, and add some.
    for (const auto& entry : fs::directory_iterator(place))
      if (const fs::path& path = entry.path(); is_code(path) && entry.is_regular_file())
        variant.files[path.filename()] = submitted(directory, path);
    variant.shown = place.string() + "/";
    break;
  }
  return variant;
}

std::vector<Wrong> all_wrong(const Lab& lab) {
  std::vector<Wrong> all;
  for (const std::string& name : names_in(lab.tests() / "wrong", false))
    all.push_back(parse_wrong(lab.tests() / "wrong" / (name + ".cpp")));
  return all;
}

Wrong find_wrong(const Lab& lab, const std::string& name) {
  std::vector<std::string> names = names_in(lab.tests() / "wrong", false);
  if (std::ranges::find(names, name) != names.end())
    return parse_wrong(lab.tests() / "wrong" / (name + ".cpp"));
  const std::string near = nearest(name, names);
  throw UsageError(fmt::format("{} has no wrong variant called {}{}", lab.name, name,
                               near.empty() ? "" : fmt::format("; did you mean {}?", near)));
}

Variant wrong(const Lab& lab, const Wrong& wrong) {
  Variant variant = solution(lab);
  variant.label = "wrong " + wrong.name;
  variant.shown = wrong.name + ": ";
  for (const auto& [number, body] : wrong.bodies) {
    bool placed = false;
    for (auto& [name, text] : variant.files) {
      const auto regions = find_regions(text, name);
      if (std::ranges::find(regions, number, &Region::number) == regions.end()) continue;
      text = with_body(text, number, body, name);
      placed = true;
    }
    if (!placed)
      throw MachineError(fmt::format("wrong variant {}: {} has no TODO({})", wrong.name, lab.name, number));
  }
  return variant;
}

std::vector<std::string> all_right(const Lab& lab) { return names_in(lab.tests() / "right", true); }

Variant right(const Lab& lab, const std::string& name) {
  const fs::path directory = lab.tests() / "right" / name / "src";
  return {lab, "right " + name, shown(directory), overlaid(files_in(lab.sources()), files_in(directory))};
}

}  // namespace ipclab::cli
