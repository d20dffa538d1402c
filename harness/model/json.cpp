#include "model/json.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace ipclab {

using nlohmann::json;

namespace {

std::string lower(Status status) {
  std::string name = to_string(status);
  for (char& c : name) c = static_cast<char>(c | 0x20);
  return name;
}

Status status_from(const std::string& name) {
  for (const Status status : {Status::pass, Status::fail, Status::todo, Status::skip, Status::error})
    if (lower(status) == name) return status;
  throw json::other_error::create(501, "unknown status " + name, nullptr);
}

/// Learners' programs print any bytes; JSON strings are UTF-8: other bytes are replaced.
std::string utf8(const std::string& bytes) {
  const std::string dumped = json(bytes).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(dumped).get<std::string>();
}

}  // namespace

void to_json(json& out, const CheckInfo& info) {
  out = {{"name", info.name},     {"rule", info.rule},   {"todo", info.todo},
         {"points", info.points}, {"needs", info.needs}, {"races", info.races}};
}

void from_json(const json& in, CheckInfo& info) {
  in.at("name").get_to(info.name);
  in.at("rule").get_to(info.rule);
  in.at("todo").get_to(info.todo);
  in.at("points").get_to(info.points);
  in.at("needs").get_to(info.needs);
  in.at("races").get_to(info.races);
}

void to_json(json& out, const Finding& finding) {
  json table = json::array();
  for (const Row& row : finding.table)
    table.push_back({{"who", utf8(row.who)}, {"what", utf8(row.what)}, {"how", utf8(row.how)}});
  out = {{"cause", finding.cause}, {"expected", utf8(finding.expected)}, {"observed", utf8(finding.observed)},
         {"table", table},         {"because", utf8(finding.because)},   {"next", json::array()}};
  for (const std::string& page : finding.next) out["next"].push_back(utf8(page));
}

void from_json(const json& in, Finding& finding) {
  in.at("cause").get_to(finding.cause);
  in.at("expected").get_to(finding.expected);
  in.at("observed").get_to(finding.observed);
  in.at("because").get_to(finding.because);
  in.at("next").get_to(finding.next);
  for (const json& row : in.at("table"))
    finding.table.push_back({row.at("who"), row.at("what"), row.at("how")});
}

void to_json(json& out, const CheckResult& check) {
  out = json(check.info);
  out["status"] = lower(check.status);
  out["earned"] = check.earned();
  out["seconds"] = static_cast<double>(check.took.count()) / 1e6;
  out["room"] = check.room;
  out["reason"] = utf8(check.reason);
  out["printed"] = utf8(check.printed);
  out["todo_reached"] = check.todo;
  out["todo_place"] = utf8(check.todo_place);
  out["finding"] = check.finding ? json(*check.finding) : json(nullptr);
  out["events"] = json::array();
  for (const Event& event : check.events)
    out["events"].push_back(
        {{"microseconds", event.at.count()}, {"who", utf8(event.who)}, {"what", utf8(event.what)}});
}

void from_json(const json& in, CheckResult& check) {
  in.get_to(check.info);
  check.status = status_from(in.at("status"));
  check.took =
      std::chrono::microseconds(static_cast<std::int64_t>(in.at("seconds").get<double>() * 1e6 + 0.5));
  in.at("room").get_to(check.room);
  in.at("reason").get_to(check.reason);
  in.at("printed").get_to(check.printed);
  in.at("todo_reached").get_to(check.todo);
  in.at("todo_place").get_to(check.todo_place);
  if (!in.at("finding").is_null()) check.finding = in.at("finding").get<Finding>();
  for (const json& event : in.at("events"))
    check.events.push_back(
        {std::chrono::microseconds(event.at("microseconds")), event.at("who"), event.at("what")});
}

void to_json(json& out, const LabResult& lab) {
  out = {{"lab", lab.lab},           {"variant", lab.variant},
         {"compiled", lab.compiled}, {"compiler_output", utf8(lab.compiler_output)},
         {"earned", lab.earned()},   {"points", lab.points()},
         {"checks", lab.checks}};
}

void from_json(const json& in, LabResult& lab) {
  in.at("lab").get_to(lab.lab);
  in.at("variant").get_to(lab.variant);
  in.at("compiled").get_to(lab.compiled);
  in.at("compiler_output").get_to(lab.compiler_output);
  in.at("checks").get_to(lab.checks);
}

namespace {

json to_json(const Object& object) {
  json out = {{"kind", to_string(object.kind)}, {"name", utf8(object.name)}};
  if (object.owner) out["owner"] = *object.owner;
  if (object.owner_dead) out["owner_dead"] = true;
  if (object.filled) out["filled"] = *object.filled;
  if (object.capacity) out["capacity"] = *object.capacity;
  if (!object.peer.empty()) out["peer"] = utf8(object.peer);
  return out;
}

json to_json(const Wait& wait) {
  json out = {{"call", wait.call},
              {"function", utf8(wait.function)},
              {"where", utf8(wait.where)},
              {"any_of", json::array()}};
  if (wait.fd >= 0) out["fd"] = wait.fd;
  for (const Target& target : wait.any_of) {
    out["any_of"].push_back({{"object", target.object}, {"need", to_string(target.need)}});
    if (target.within_process) out["any_of"].back()["within_process"] = true;
  }
  out["time_out_seconds"] = wait.time_out_seconds ? json(*wait.time_out_seconds) : json(nullptr);
  return out;
}

json to_json(const Process& process) {
  json out = {{"pid", process.pid},
              {"parent", process.parent},
              {"name", utf8(process.name)},
              {"program", utf8(process.program)},
              {"activity", to_string(process.activity)},
              {"zombie", process.zombie},
              {"orphan", process.orphan},
              {"threads", json::array()},
              {"descriptors", json::array()}};
  if (process.activity == Activity::exited) out["exit_code"] = process.exit_code;
  if (process.activity == Activity::killed) out["signal"] = process.signal;
  for (const Thread& thread : process.threads)
    out["threads"].push_back(
        {{"tid", thread.tid}, {"activity", to_string(thread.activity)}, {"wait", to_json(thread.wait)}});
  for (const Descriptor& descriptor : process.descriptors)
    out["descriptors"].push_back({{"fd", descriptor.fd},
                                  {"object", descriptor.object},
                                  {"reads", descriptor.reads},
                                  {"writes", descriptor.writes}});
  return out;
}

}  // namespace

void to_json(json& out, const Snapshot& snapshot) {
  out = {{"proved", snapshot.proved},
         {"unseen", utf8(snapshot.unseen)},
         {"processes", json::array()},
         {"objects", json::array()}};
  for (const Process& process : snapshot.processes) out["processes"].push_back(to_json(process));
  for (const Object& object : snapshot.objects) out["objects"].push_back(to_json(object));
}

}  // namespace ipclab
