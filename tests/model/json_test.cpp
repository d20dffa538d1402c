// Results survive the way through JSON: checks write them, ipclab reads them.
#include "model/json.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "model/cause.hpp"

using namespace ipclab;
using nlohmann::json;

namespace {

CheckResult failed() {
  CheckResult check;
  check.info = {"bob receives what alice sent", "S2", 3, 2, "one message arrives"};
  check.status = Status::fail;
  check.finding =
      Finding{cause::kNoSender,
              "\"receive\" answers \"x\"",
              "alice is still running",
              {{"alice", "waits for a message", "mq_receive(3), /inbox"}, {"/inbox", "empty", ""}},
              "nobody sends.",
              {"mq_receive(3)", "mq_overview(7)"}};
  check.todo = 4;
  check.todo_place = "mailbox.cpp:31";
  check.reason = "because";
  check.events = {{std::chrono::microseconds(7), "alice", "types: open"},
                  {std::chrono::microseconds(8), "x", ""}};
  check.printed = "a line\n";
  check.room = "namespaces";
  check.took = std::chrono::microseconds(1234567);
  return check;
}

/// As it is written to and read from a file.
json through_text(const json& document) { return json::parse(document.dump()); }

}  // namespace

TEST_CASE("a check's result") {
  const CheckResult before = failed();
  const auto after = through_text(before).get<CheckResult>();
  CHECK(after.info.name == before.info.name);
  CHECK(after.info.rule == "S2");
  CHECK(after.info.todo == 3);
  CHECK(after.info.points == 2);
  CHECK(after.info.needs == before.info.needs);
  CHECK(after.status == Status::fail);
  CHECK(after.finding == before.finding);
  CHECK(after.todo == 4);
  CHECK(after.todo_place == before.todo_place);
  CHECK(after.reason == before.reason);
  REQUIRE(after.events.size() == 2);
  CHECK(after.events[0].at == before.events[0].at);
  CHECK(after.events[0].who == "alice");
  CHECK(after.events[0].what == "types: open");
  CHECK(after.printed == before.printed);
  CHECK(after.room == before.room);
  CHECK(after.took == before.took);
}

TEST_CASE("every status") {
  for (const Status status : {Status::pass, Status::fail, Status::todo, Status::skip, Status::error}) {
    CheckResult check = failed();
    check.status = status;
    check.finding.reset();
    const auto after = through_text(check).get<CheckResult>();
    CHECK(after.status == status);
    CHECK_FALSE(after.finding);
    CHECK(after.earned() == (status == Status::pass ? 2 : 0));
  }
}

TEST_CASE("a lab") {
  LabResult lab;
  lab.lab = "03-posix-mq";
  lab.variant = "wrong 02-forgets-unlink";
  lab.compiler_output = "warning: unused";
  lab.checks = {failed(), failed()};
  lab.checks[1].status = Status::pass;
  const auto after = through_text(lab).get<LabResult>();
  CHECK(after.lab == lab.lab);
  CHECK(after.variant == lab.variant);
  CHECK(after.compiled);
  CHECK(after.compiler_output == lab.compiler_output);
  CHECK(after.checks.size() == 2);
  CHECK(after.earned() == 2);
  CHECK(after.points() == 4);
  lab.compiled = false;
  CHECK_FALSE(through_text(lab).get<LabResult>().compiled);
}

TEST_CASE("bytes that are no UTF-8, wherever a learner's program can put them") {
  const std::string bytes("caf\xe9 \0\xff\xfe end", 12);
  CheckResult check = failed();
  check.printed = check.reason = check.todo_place = bytes;
  check.finding->expected = check.finding->observed = check.finding->because = bytes;
  check.finding->table = {{bytes, bytes, bytes}};
  check.finding->next = {bytes};
  check.events = {{std::chrono::microseconds(1), bytes, bytes}};
  LabResult lab;
  lab.checks = {check};
  lab.compiler_output = bytes;
  const auto after = through_text(lab).get<LabResult>();
  const std::string& printed = after.checks.at(0).printed;
  CHECK(printed.starts_with("caf\xef\xbf\xbd"));  // U+FFFD in their place
  CHECK(printed.ends_with("end"));
  CHECK(printed.find('\0') != std::string::npos);
  CHECK(after.checks[0].finding->table[0].who == printed);
  CHECK(after.checks[0].events[0].who == printed);
  CHECK(after.compiler_output == printed);
  // What is UTF-8 already is left alone, so a second time changes nothing.
  CHECK(through_text(after).get<LabResult>().checks.at(0).printed == printed);
}

TEST_CASE("a snapshot whose names are no UTF-8") {
  Snapshot snapshot;
  snapshot.processes.resize(1);
  snapshot.processes[0].name = snapshot.processes[0].program = "\xff";
  snapshot.processes[0].threads.resize(1);
  snapshot.processes[0].threads[0].wait.where = "\xff:3";
  snapshot.objects.resize(1);
  snapshot.objects[0].name = snapshot.objects[0].peer = "/\xff";
  snapshot.unseen = "\xff";
  const json after = through_text(snapshot);
  CHECK(after["processes"][0]["name"] == "\xef\xbf\xbd");
  CHECK(after["objects"][0]["name"] == "/\xef\xbf\xbd");
}

TEST_CASE("values of the wrong form are refused") {
  const json good = failed();
  json bad = good;
  bad["status"] = "passed";
  CHECK_THROWS_AS(bad.get<CheckResult>(), json::exception);
  bad = good;
  bad.erase("name");
  CHECK_THROWS_AS(bad.get<CheckResult>(), json::exception);
  bad = good;
  bad["finding"] = "text";
  CHECK_THROWS_AS(bad.get<CheckResult>(), json::exception);
  bad = good;
  bad["events"][0]["microseconds"] = "soon";
  CHECK_THROWS_AS(bad.get<CheckResult>(), json::exception);
  CHECK_THROWS_AS(json("lab").get<LabResult>(), json::exception);
}

TEST_CASE("a snapshot says what is known, and leaves out what is not") {
  Snapshot snapshot;
  snapshot.proved = true;
  Process process;
  process.pid = 7;
  process.name = "cat";
  process.threads.push_back({7, Activity::blocked, {}, 0});
  process.threads[0].wait.call = "read";
  process.threads[0].wait.any_of = {{0, Need::data}, {0, Need::wake, true}};
  process.descriptors.push_back({3, 0, true, false, false, false});
  snapshot.processes.push_back(process);
  Object object;
  object.kind = ObjectKind::pipe;
  object.name = "pipe A";
  snapshot.objects.push_back(object);
  json out = snapshot;
  CHECK(out["proved"] == true);
  CHECK(out["processes"][0]["threads"][0]["wait"]["any_of"][0]["need"] == "data");
  CHECK_FALSE(out["processes"][0]["threads"][0]["wait"]["any_of"][0].contains("within_process"));
  CHECK(out["processes"][0]["threads"][0]["wait"]["any_of"][1]["within_process"] == true);
  CHECK(out["processes"][0]["threads"][0]["wait"]["time_out_seconds"].is_null());
  CHECK_FALSE(out["processes"][0]["threads"][0]["wait"].contains("fd"));
  CHECK_FALSE(out["processes"][0].contains("exit_code"));
  CHECK_FALSE(out["objects"][0].contains("owner"));
  snapshot.processes[0].activity = Activity::exited;
  snapshot.processes[0].exit_code = 3;
  snapshot.processes[0].threads[0].wait.fd = 3;
  snapshot.objects[0].owner = 7;
  out = snapshot;
  CHECK(out["processes"][0]["exit_code"] == 3);
  CHECK(out["processes"][0]["threads"][0]["wait"]["fd"] == 3);
  CHECK(out["objects"][0]["owner"] == 7);
}
