// What --json writes is what schema.json says, and schema.json says enough to notice when it is not.
#include "report/json.hpp"

#include <doctest/doctest.h>

#include "base/file.hpp"
#include "model/json.hpp"
#include "samples.hpp"
#include "schema.hpp"

using namespace ipclab;
using nlohmann::json;

namespace {

const Schema& schema() {
  static const Schema kSchema(
      json::parse(read_file(std::string(IPCLAB_SOURCE) + "/harness/report/schema.json")));
  return kSchema;
}

json check_document() {
  return json::parse(
      report::to_json({sample::mixed(), sample::all_pass(), sample::skeleton(), sample::not_compiled()}));
}

/// One of everything.
Snapshot rich_snapshot() {
  World world = sample::own_write_end();
  for (int kind = 0; kind <= static_cast<int>(ObjectKind::other); ++kind)
    world.object(static_cast<ObjectKind>(kind), "object");
  for (int need = 0; need <= static_cast<int>(Need::wake); ++need)
    world.blocks(world.process("waiter"), "call", 0, static_cast<Need>(need), 3).time_out_seconds = 0.5;
  for (int activity = 0; activity <= static_cast<int>(Activity::killed); ++activity)
    world.at_process(world.process("actor")).activity = static_cast<Activity>(activity);
  world.at(0).owner = 1;
  world.at(0).owner_dead = true;
  world.at(0).filled = world.at(0).capacity = 4096;
  world.at(0).peer = "socket:[1]";
  return world.snapshot;
}

json why_document() {
  const Snapshot snapshot = rich_snapshot();
  return json::parse(report::to_json(detect::verdict(snapshot), snapshot));
}

}  // namespace

TEST_CASE("documents follow the schema") {
  CHECK(schema().why_not(check_document()) == "");
  CHECK(schema().why_not(json::parse(report::to_json(std::vector<LabResult>{}))) == "");
  CHECK(schema().why_not(why_document()) == "");
  for (const auto kind :
       {detect::Verdict::Kind::stuck, detect::Verdict::Kind::waiting_for_input,
        detect::Verdict::Kind::sleeping, detect::Verdict::Kind::polling, detect::Verdict::Kind::spinning,
        detect::Verdict::Kind::running, detect::Verdict::Kind::ended}) {
    detect::Verdict verdict;
    verdict.kind = kind;
    CHECK(schema().why_not(json::parse(report::to_json(verdict, {}))) == "");
  }
}

TEST_CASE("the schema notices what is missing, unknown or of the wrong type") {
  for (const json& document : {check_document(), why_document()}) {
    // Every value of the document, one after the other: taken out, and made something else.
    const json leaves = document.flatten();
    for (const auto& leaf : leaves.items()) {
      const std::string path = leaf.key();
      const json& value = leaf.value();
      CAPTURE(path);
      json changed = document;
      changed[json::json_pointer(path)] = value.is_string() ? json(17) : json("else");
      const bool free = path.ends_with("/time_out_seconds") && value.is_string();
      CHECK((free || !schema().why_not(changed).empty()));
    }
    for (const auto& member : document.items()) {
      const std::string name = member.key();
      json changed = document;
      changed.erase(name);
      CAPTURE(name);
      CHECK(schema().why_not(changed).find("lacks") != std::string::npos);
    }
    json more = document;
    more["extra"] = 1;
    CHECK(schema().why_not(more).find("unknown extra") != std::string::npos);
  }
  json check = check_document();
  check["labs"][0]["checks"][1]["finding"].erase("because");
  CHECK_FALSE(schema().why_not(check).empty());
  check = check_document();
  check["labs"][0]["checks"][0]["status"] = "passed";
  CHECK_FALSE(schema().why_not(check).empty());
  check = check_document();
  check["earned"] = -1;
  CHECK_FALSE(schema().why_not(check).empty());
}

TEST_CASE("what the document says") {
  const json document = check_document();
  CHECK(document["earned"] == 2 + 6);
  CHECK(document["points"] == 11 + 6 + 3);
  CHECK(document["labs"][0]["checks"][1]["finding"]["cause"] == cause::kHoldsOwnWriteEnd);
  CHECK(document["labs"][3]["compiled"] == false);
  const json why = why_document();
  CHECK(why["verdict"] == "running");
  CHECK(why["snapshot"]["objects"][0]["owner"] == 1);
}

TEST_CASE("bytes that are no UTF-8 do not break a document") {
  World world = sample::own_write_end();
  world.snapshot.processes[0].name = "caf\xe9";
  const std::string text = report::to_json(detect::verdict(world.snapshot), world.snapshot);
  CHECK(schema().why_not(json::parse(text)) == "");
}
