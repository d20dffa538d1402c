#include "cli/project.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/errors.hpp"

namespace ipclab::cli {

fs::path source_root() { return IPCLAB_SOURCE; }
fs::path build_root() { return IPCLAB_BUILD; }

std::string Lab::title() const {
  const std::string text = try_read_file(directory() / "README.md").value_or("");
  const std::string line = text.substr(0, text.find('\n'));
  const auto colon = line.find(": ");
  return colon == std::string::npos ? "" : line.substr(colon + 2);
}

std::vector<Lab> all_labs() {
  std::vector<Lab> labs;
  for (const auto& entry : fs::directory_iterator(build_root() / "checks")) {
    if (entry.path().extension() != ".json") continue;
    const auto manifest = nlohmann::json::parse(read_file(entry.path()));
    Lab lab{manifest.at("lab"), manifest.at("programs").get<std::vector<std::string>>(),
            manifest.at("checks").get<std::string>()};
    if (fs::is_directory(lab.directory())) labs.push_back(std::move(lab));
  }
  std::ranges::sort(labs, {}, &Lab::name);
  return labs;
}

Lab find_lab(const std::string& typed) {
  std::vector<std::string> names;
  const bool is_number =
      !typed.empty() && std::ranges::all_of(typed, [](unsigned char c) { return std::isdigit(c); });
  for (const Lab& lab : all_labs()) {
    const auto dash = lab.name.find('-');
    const std::string number = lab.name.substr(0, dash), word = lab.name.substr(dash + 1);
    if (typed == lab.name || typed == word || (is_number && std::stoul(typed) == std::stoul(number)))
      return lab;
    names.push_back(lab.name);
    names.push_back(word);
  }
  const std::string near = nearest(typed, names);
  throw UsageError(
      fmt::format("no lab is called {}{}", typed,
                  near.empty() ? "; ipclab list shows them all" : fmt::format("; did you mean {}?", near)));
}

std::vector<Lab> find_labs(const std::vector<std::string>& typed) {
  if (typed.empty()) return all_labs();
  std::vector<Lab> labs;
  for (const std::string& name : typed) labs.push_back(find_lab(name));
  return labs;
}

}  // namespace ipclab::cli
