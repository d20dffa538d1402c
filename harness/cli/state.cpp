#include "cli/state.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "cli/project.hpp"
#include "model/json.hpp"

namespace ipclab::cli {
namespace {

fs::path place(const std::string& name) {
  const fs::path directory = build_root() / "state";
  fs::create_directories(directory);
  return directory / name;
}

}  // namespace

void remember(const LabResult& result) {
  write_file(place(result.lab + ".json"), nlohmann::json(result).dump());
}

std::optional<LabResult> last_result(const std::string& lab) try {
  const auto text = try_read_file(place(lab + ".json"));
  if (!text) return std::nullopt;
  return nlohmann::json::parse(*text).get<LabResult>();
} catch (const nlohmann::json::exception&) {
  return std::nullopt;  // of another version of ipclab
}

int hints_shown(const std::string& lab, int todo) {
  return std::atoi(try_read_file(place(fmt::format("{}-hints-{}", lab, todo))).value_or("0").c_str());
}

void add_hint_shown(const std::string& lab, int todo) {
  write_file(place(fmt::format("{}-hints-{}", lab, todo)), std::to_string(hints_shown(lab, todo) + 1));
}

}  // namespace ipclab::cli
