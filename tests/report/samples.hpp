// Results of checks as they come from the harness, for golden files and schema tests.
#pragma once

#include "../detect/world.hpp"
#include "detect/stuck.hpp"
#include "model/cause.hpp"
#include "model/result.hpp"

namespace ipclab::sample {

inline CheckResult check(const std::string& name, const std::string& rule, int todo, int points,
                         Status status) {
  CheckResult result;
  result.info = {name, rule, todo, points, ""};
  result.status = status;
  result.room = "namespaces";
  result.took = std::chrono::microseconds(12345);
  return result;
}

inline CheckResult passed(const std::string& name, const std::string& rule = "S1", int points = 2) {
  return check(name, rule, 1, points, Status::pass);
}

/// The child reads the pipe whose write end it has kept; its parent waits for it.
inline World own_write_end() {
  World world;
  const int a = world.pipe("pipe A"), parent = world.process("upcase"),
            child = world.process("child", parent);
  world.at_process(child).program = "upcase";
  world.reads(child, 3, a);
  world.writes(child, 4, a);
  world.blocks(child, "read", a, Need::data, 3);
  world.waits_for(parent, child);
  return world;
}

inline CheckResult hang() {
  CheckResult result = check("the child sees end-of-file", "S4", 3, 2, Status::fail);
  result.finding = detect::stuck(own_write_end().snapshot);
  result.finding->expected = "upcase exits with 0 after its input ends";
  result.events = {{std::chrono::microseconds(120), "check", "starts upcase"},
                   {std::chrono::microseconds(2340), "check", "types \"hello\""},
                   {std::chrono::microseconds(14015), "upcase", "prints \"HELLO\""}};
  return result;
}

inline CheckResult wrong_answer() {
  CheckResult result =
      check("bob receives what alice sent, higher priorities first, and the first of equals first", "S2", 2,
            3, Status::fail);
  result.finding = Finding{
      cause::kWrongAnswer, "\"receive\" answers \"7 q8Zk…\"", "it answers \"3 a\\n\\xff\"", {}, "", {}};
  result.printed = "mailbox (standard error):\nreceive: got 3 bytes\x1b[31m \xff\n";
  return result;
}

inline CheckResult not_done(const std::string& name, int todo) {
  CheckResult result = check(name, "S3", todo, 1, Status::todo);
  result.todo = 1;
  result.todo_place = "pipeline.cpp:31";
  return result;
}

inline CheckResult skipped() {
  CheckResult result = check("a chain of eight stages", "S5", 3, 2, Status::skip);
  result.reason = "needs \"the child sees end-of-file\", which did not pass";
  return result;
}

inline CheckResult broken() {
  CheckResult result = check("curl fetches the same file", "S7", 4, 1, Status::error);
  result.reason = "cannot start curl: Resource temporarily unavailable";
  return result;
}

inline LabResult mixed() {
  LabResult lab;
  lab.lab = "01-pipe";
  lab.checks = {passed("one line comes through"),       hang(),    wrong_answer(),
                not_done("the status is handed on", 2), skipped(), broken()};
  return lab;
}

inline LabResult all_pass() {
  LabResult lab;
  lab.lab = "03-posix-mq";
  lab.variant = "solution";
  lab.checks = {passed("one message arrives"), passed("a receiver sleeps until a message arrives", "S3", 4)};
  return lab;
}

inline LabResult skeleton() {
  LabResult lab;
  lab.lab = "01-pipe";
  lab.checks = {not_done("one line comes through", 1), not_done("the status is handed on", 2),
                not_done("nothing is left open", 3)};
  return lab;
}

inline LabResult not_compiled() {
  LabResult lab;
  lab.lab = "14-process-shared";
  lab.variant = "submission";
  lab.compiled = false;
  lab.compiler_output =
      "buffer.cpp: In member function ‘void Buffer::put(int)’:\n"
      "buffer.cpp:40:3: error: ‘pthread_mutex_lok’ was not declared in this scope\n";
  return lab;
}

}  // namespace ipclab::sample
