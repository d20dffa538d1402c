#include "report/json.hpp"

#include <nlohmann/json.hpp>

#include "model/json.hpp"

namespace ipclab::report {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;  // of the documents' form: a change that readers must know of raises it

/// Names of files and processes may hold bytes that are no UTF-8: they are replaced.
std::string text(const json& document) {
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

const char* word(detect::Verdict::Kind kind) {
  switch (kind) {
    case detect::Verdict::Kind::stuck:
      return "stuck";
    case detect::Verdict::Kind::waiting_for_input:
      return "waiting_for_input";
    case detect::Verdict::Kind::sleeping:
      return "sleeping";
    case detect::Verdict::Kind::polling:
      return "polling";
    case detect::Verdict::Kind::spinning:
      return "spinning";
    case detect::Verdict::Kind::running:
      return "running";
    case detect::Verdict::Kind::ended:
      return "ended";
  }
  return "?";
}

}  // namespace

std::string to_json(const std::vector<LabResult>& labs) {
  int earned = 0, points = 0;
  for (const LabResult& lab : labs) {
    earned += lab.earned();
    points += lab.points();
  }
  return text(
      {{"ipclab", "check"}, {"version", kVersion}, {"earned", earned}, {"points", points}, {"labs", labs}});
}

std::string to_json(const detect::Verdict& verdict, const Snapshot& snapshot) {
  json graph = json::array();
  for (const Row& row : verdict.graph)
    graph.push_back({{"who", row.who}, {"what", row.what}, {"how", row.how}});
  return text({{"ipclab", "why"},
               {"version", kVersion},
               {"verdict", word(verdict.kind)},
               {"exit_code", verdict.exit_code},
               {"sentence", verdict.sentence},
               {"cause", verdict.cause},
               {"because", verdict.because},
               {"graph", std::move(graph)},
               {"snapshot", snapshot}});
}

}  // namespace ipclab::report
