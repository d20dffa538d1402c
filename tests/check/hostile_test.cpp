// Learners' programs that mean harm, as a check meets them: each ends in a finding that names what it did,
// within the check's own bounds. What they can reach is tested in tests/room/hostile_test.cpp.

#include <doctest/doctest.h>
#include <signal.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "check/check.hpp"
#include "check/outcome.hpp"
#include "room/room.hpp"

using namespace ipclab;
using namespace ipclab::check;

namespace {

using Body = std::function<void(check::Room&)>;

/// The cause that a check finds; "pass" when it finds none.
std::string finding_of(const Body& body) {
  ::setenv("IPCLAB_PROGRAMS", IPCLAB_BUILD "/hostile", 1);
  ::signal(SIGPIPE, SIG_IGN);
  outcome() = Outcome{};
  RoomOptions options;
  options.limits.memory = 256u << 20;
  options.limits.scratch = 16u << 20;
  try {
    check::Room room(options);
    body(room);
  } catch (const CheckEnded&) {
  }
  const CheckResult result = outcome().result({});
  if (result.finding) MESSAGE(result.finding->observed);
  return result.finding ? result.finding->cause : to_string(result.status);
}

std::string finding_of(const std::string& program) {
  return finding_of([&](check::Room& room) { room.start({program}).must_exit(0); });
}

bool has_namespaces() {
  if (room::probe().level == room::Level::namespaces) return true;
  MESSAGE("SKIP: only ever started in namespaces");
  return false;
}

}  // namespace

TEST_CASE("programs that harm nobody but themselves") {
  CHECK(finding_of("endless_output") == cause::kTooMuchOutput);
  CHECK(finding_of("stops_itself") == cause::kStopped);
  CHECK(finding_of("daemon") == cause::kOrphan);
  CHECK(finding_of("closes_everything") == cause::kNoSignal);
  CHECK(finding_of("never_reads") == cause::kNoSignal);
  CHECK(finding_of("ignores_sigterm") == cause::kNoSignal);
}

TEST_CASE("a signal that is ignored and input that is not read hold no check up") {
  CHECK(finding_of([](check::Room& room) {
          const Program deaf = room.start({"ignores_sigterm"});
          deaf.must_settle();
          deaf.signal(SIGTERM);
          deaf.must_be_killed_by(SIGTERM);
        }) == cause::kNoSignal);
  CHECK(finding_of([](check::Room& room) {
          const Program deaf = room.start({"never_reads"});
          deaf.types(std::string(1 << 20, 'x'));
          deaf.must_exit(0);
        }) == cause::kNoSignal);
}

TEST_CASE("a result written to every descriptor is output and nothing else") {
  CHECK(finding_of("forges") == "PASS");
  CHECK(finding_of([](check::Room& room) { room.console("forges").does("anything"); }) ==
        cause::kWrongAnswer);
}

TEST_CASE("programs that could harm the machine") {
  if (!has_namespaces()) return;
  CHECK(finding_of("fork_bomb") == cause::kTooManyProcesses);
  CHECK(finding_of("memory_hogs") == cause::kTooMuchMemory);
  CHECK(finding_of("memory_hog") == "PASS");  // it was refused the memory
  CHECK(finding_of("fills_disk") == cause::kLeftBehind);
  CHECK(finding_of("connects_out") == "PASS");
  CHECK(finding_of([](check::Room& room) {
          room.start({"kill_all"}).must_exit(1);  // nobody is there to be killed
          room.start({"reads_secrets", IPCLAB_SOURCE}).must_exit(0);
          room.start({"never_reads"}).must_settle();
          room.start({"kill_all"}, "again").must_exit(0);
        }) == cause::kKilled);  // its own neighbours in the room are all that it reaches
}
