// Every litmus program is found racy on its two lines; mended, nothing is found.
#include <doctest/doctest.h>

#include <algorithm>
#include <regex>

#include "base/text.hpp"
#include "litmus.hpp"
#include "process/run.hpp"

using namespace ipclab;

namespace {

process::Outcome watched(const std::string& program, std::vector<std::string> options = {}) {
  std::vector<std::string> argv{IPCLAB_BUILD "/harness/ipclab", "race"};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.insert(argv.end(), {"--", program});
  auto outcome = process::run({.argv = argv, .limit = std::chrono::seconds(60)});
  CHECK_FALSE(outcome.limit_reached);
  return outcome;
}

/// From the line that says how to have the same again.
std::string replayed_seed(const std::string& out) {
  const std::string before = "--seed ";
  const auto at = out.find(before);
  return at == std::string::npos
             ? ""
             : out.substr(at + before.size(), out.find(' ', at + before.size()) - at - before.size());
}

bool says(const process::Outcome& outcome, const std::string& first_line) {
  return ("\n" + outcome.out).find("\n" + first_line) != std::string::npos;
}

bool calls_it(const process::Outcome& outcome, const Litmus& litmus) {
  for (const std::string& line : split(outcome.out, '\n'))
    if (line.starts_with(litmus.first_line) && line.ends_with(" " + litmus.variable)) return true;
  return litmus.variable.empty();
}

}  // namespace

TEST_CASE("a racy program is reported with its two lines") {
  REQUIRE_FALSE(litmus_programs().empty());
  for (const Litmus& litmus : litmus_programs()) {
    if (litmus.by_luck) continue;
    CAPTURE(litmus.name);
    const auto outcome = watched(litmus_path(litmus, false));
    CAPTURE(outcome.out);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 1);
    CHECK(says(outcome, litmus.first_line));
    CHECK(calls_it(outcome, litmus));
  }
}

TEST_CASE("the same program, mended, is not") {
  for (const Litmus& litmus : litmus_programs()) {
    CAPTURE(litmus.name);
    const auto outcome = watched(litmus_path(litmus, true));
    CAPTURE(outcome.out);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 0);
  }
}

TEST_CASE("what luck can hide in one run is found by seeds, and the seed shows the same again") {
  for (const Litmus& litmus : litmus_programs()) {
    if (!litmus.by_luck) continue;
    CAPTURE(litmus.name);
    const auto found = watched(litmus_path(litmus, false), {"--seeds", "200"});
    CAPTURE(found.out);
    CHECK(found.exit_code == 1);
    CHECK(says(found, litmus.first_line));
    const auto again = watched(litmus_path(litmus, false), {"--seed", replayed_seed(found.out)});
    CHECK(says(again, litmus.first_line));
  }
}

TEST_CASE("a program that nobody watches runs as always") {
  const auto outcome =
      process::run({.argv = {IPCLAB_BUILD "/litmus/siblings-mended"}, .limit = std::chrono::seconds(60)});
  CHECK(outcome.signal == 0);
  CHECK(outcome.exit_code == 0);
}

TEST_CASE("of two who come in the same instant one is seen by the other") {
  constexpr std::size_t kPairs = 50;  // at_once.cpp
  for (int i = 0; i < 20; ++i) {
    const auto outcome = watched(IPCLAB_BUILD "/litmus/at_once");
    CHECK(std::ranges::count_if(split(outcome.out, '\n'),
                                [](const std::string& line) { return line.starts_with("RACE "); }) == kPairs);
  }
}

TEST_CASE("a lost wake-up is told with the signal that nobody heard") {
  const auto found = watched(IPCLAB_BUILD "/litmus/lost_wake_up", {"--seeds", "50"});
  const std::string words = std::regex_replace(found.out, std::regex("\\s+"), " ");
  CAPTURE(found.out);
  CHECK(words.find("at lost_wake_up.cpp:30, which found nobody waiting") != std::string::npos);
  const auto circle = watched(IPCLAB_BUILD "/litmus/lock_order", {"--seeds", "50"});
  CHECK(circle.out.find("Taken in one order") != std::string::npos);
}

TEST_CASE("no seed shows anything in a mended program") {
  for (const Litmus& litmus : litmus_programs()) {
    CAPTURE(litmus.name);
    const auto outcome = watched(litmus_path(litmus, true), {"--seeds", "3"});
    CAPTURE(outcome.out);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 0);
  }
}
