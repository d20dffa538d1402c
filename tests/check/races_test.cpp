// The words for races and schedules, on commands that are right and on their twins that are not
// (watched/shared.cpp).

#include <doctest/doctest.h>
#include <signal.h>

#include <cstdlib>
#include <functional>
#include <set>
#include <stdexcept>

#include "check/check.hpp"
#include "check/outcome.hpp"

using namespace ipclab;
using namespace ipclab::check;

namespace {

CheckResult result_of(const std::function<void()>& body) {
  ::setenv("IPCLAB_PROGRAMS", IPCLAB_BUILD "/programs", 1);
  ::signal(SIGPIPE, SIG_IGN);
  outcome() = Outcome{};
  try {
    body();
  } catch (const CheckEnded&) {
  }
  return outcome().result({});
}

std::string cause_of(const CheckResult& result) {
  return result.finding ? result.finding->cause : to_string(result.status);
}

/// Two programs that do each their lines at once.
void together(Room& room, const std::vector<std::string>& one, const std::vector<std::string>& two) {
  room.console("shared", "maker").does("make");
  std::vector<Reply> replies;
  const auto type = [&](const char* name, const std::vector<std::string>& lines) {
    const auto console = room.console("shared", name);
    console.types("open");
    for (const std::string& line : lines) replies.push_back(console.types(line));
  };
  type("one", one);
  type("two", two);
  for (const Reply& reply : replies) reply.must_return();
}

CheckResult under(int count, const std::vector<std::string>& one, const std::vector<std::string>& two,
                  const std::string& total = "0") {
  return result_of([&] {
    under_schedules(count, [&](Room& room) {
      together(room, one, two);
      const auto last = room.console("shared", "last");
      last.types("open");
      const Reply answer = last.types("total");
      last.types("remove");
      answer.must_return(total);
    });
  });
}

CheckResult watched(const std::string& line) {
  return result_of([&] {
    Room room(kWatchingRaces);
    const auto one = room.console("shared", "one"), two = room.console("shared", "two");
    one.does("make");
    two.does("open");
    one.does(line);
    two.does(line);
    room.must_be_race_free();
    one.does("remove");
  });
}

}  // namespace

TEST_CASE("a room that watches sees a race between consoles, by their names, and none where there is order") {
  const CheckResult race = watched("count");
  REQUIRE(cause_of(race) == cause::kRace);
  CHECK(race.finding->observed.find("shared.cpp") != std::string::npos);
  CHECK(race.finding->table.at(0).who.substr(0, 3) != "sha");
  CHECK(cause_of(watched("count_locked")) == "PASS");
  CHECK(cause_of(watched("count_atomic")) == "PASS");
}

TEST_CASE("a race is looked for at the end without being named, and takes the place of what it led to") {
  CHECK(cause_of(result_of([] {
          Room room(kWatchingRaces);
          together(room, {"count"}, {"count"});
          room.keeps("/shared");
        })) == cause::kRace);
  CHECK(cause_of(result_of([] {
          Room room(kWatchingRaces);
          together(room, {"count"}, {"count"});
          fails(cause::kWrongAnswer, "another sum", "this sum");
        })) == cause::kRace);
}

TEST_CASE("what was not seen whole is not called free of races") {
  const CheckResult crowd = result_of([] {
    Room room(kWatchingRaces);
    const auto one = room.console("shared", "one");
    for (int part = 0; part < 5; ++part) one.does("crowd 50 66");  // whoever computes for long is stopped
    room.must_be_race_free();
  });
  CHECK(crowd.status == Status::skip);
  CHECK(crowd.reason.find("16382 processes and threads") != std::string::npos);
}

TEST_CASE("right programs pass under schedules") {
  CHECK(cause_of(under(20, {"count_locked", "first_second"}, {"first_second", "count_locked"})) == "PASS");
  CHECK(cause_of(under(20, {"take"}, {"bring"})) == "PASS");
  CHECK(cause_of(under(20, {"count_atomic"}, {"count_atomic"}, "2")) == "PASS");
}

TEST_CASE("a deadlock, a lost wake-up, a race and a wrong sum are found, each with its schedule") {
  CHECK(cause_of(under(50, {"first_second"}, {"second_first"})) == cause::kStuck);
  CHECK(cause_of(under(50, {"take"}, {"bring_signals_first"})) == cause::kStuck);
  CHECK(cause_of(under(50, {"count"}, {"count_locked"})) == cause::kRace);
  const CheckResult sum = under(50, {"count_in_two_steps"}, {"count_in_two_steps"}, "2");
  REQUIRE(cause_of(sum) == cause::kWrongAnswer);
  CHECK(sum.finding->next.at(0).find("--schedule ") != std::string::npos);
}

TEST_CASE("a sleep outside the scheduler that nobody can end is no lack of progress") {
  const CheckResult asleep = under(5, {"count_atomic"}, {"sleep_on_a_bell"});
  CHECK(cause_of(asleep) != cause::kNoProgress);
  REQUIRE(asleep.finding);
  CHECK(asleep.finding->table.at(0).who == "two");
}

TEST_CASE("a bystander lives on from one schedule to the next, and takes part in none") {
  std::set<int> pids;
  const auto beside = [&](const std::string& one, const std::string& two) {
    return cause_of(result_of([&] {
      under_schedules(50, [&](Room& room) {
        const auto bystander = room.bystander("shared");
        pids.insert(bystander.pid());
        bystander.does("make");
        std::vector<Reply> replies;
        for (const std::string& line : {one, two}) {
          const auto console = room.console("shared", line);
          console.types("open");
          replies.push_back(console.types(line));
        }
        for (const Reply& reply : replies) reply.must_return();
        bystander.does("remove");
      });
    }));
  };
  CHECK(beside("take", "bring") == "PASS");
  CHECK(pids.size() == 1);  // every second schedule is another process's
  CHECK(beside("take", "bring_signals_first") == cause::kStuck);
  CHECK(beside("first_second", "second_first") == cause::kStuck);
  CHECK(beside("count_locked", "count") == cause::kRace);
  CHECK(beside("count_locked", "sleep_on_a_bell") == cause::kStuck);
}

TEST_CASE("what a bystander does wrong is told, also when it is not asked again") {
  const auto bystander_does = [](const std::function<void(const Console&)>& what) {
    return cause_of(result_of([&] {
      under_schedules(4, [&](Room& room) {
        what(room.bystander("shared"));
        room.console("shared").types("remove");
      });
    }));
  };
  CHECK(bystander_does([](const Console& it) { it.does("remove"); }) == "PASS");
  CHECK(bystander_does([](const Console& it) { it.does("open"); }) == cause::kWrongAnswer);
  CHECK(bystander_does([](const Console& it) { it.does("sleep_on_a_bell"); }) == cause::kNoSender);
  CHECK(bystander_does([](const Console& it) { it.types("scribble 1"); }) == cause::kKilled);
}

TEST_CASE("a bystander does not act while programs wait for their schedule") {
  CHECK_THROWS_AS(result_of([] {
                    under_schedules(1, [](Room& room) {
                      room.console("shared");
                      room.bystander("shared").does("remove");
                    });
                  }),
                  std::logic_error);
}

TEST_CASE("a schedule that was found fails again, every time") {
  const CheckResult found = under(50, {"count_in_two_steps"}, {"count_in_two_steps"}, "2");
  REQUIRE(found.finding);
  const std::string& replay = found.finding->next.at(0);
  const auto number = replay.substr(replay.find("--schedule ") + 11);
  ::setenv("IPCLAB_SCHEDULE", number.substr(0, number.find(' ')).c_str(), 1);
  int failed = 0;
  for (int i = 0; i < 20; ++i)
    failed += under(50, {"count_in_two_steps"}, {"count_in_two_steps"}, "2").status == Status::fail;
  ::unsetenv("IPCLAB_SCHEDULE");
  CHECK(failed == 20);
}

TEST_CASE("what a program writes into the record may be wrong, but harms nobody") {
  for (int seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const CheckResult result = result_of([&] {
      Room room(kWatchingRaces);
      const auto one = room.console("shared", "one");
      one.does("make");
      one.types("scribble " + std::to_string(seed));
      one.must_exit(0);
      room.keeps("/shared");
    });
    CHECK(result.took < std::chrono::seconds(20));
  }
}

TEST_CASE("watching needs programs that can be watched") {
  ::setenv("IPCLAB_PROGRAMS", IPCLAB_BUILD "/fixtures", 1);
  CHECK_THROWS_AS(Room{kWatchingRaces}, std::logic_error);
}
