// Every litmus program is found racy on its two lines; mended, nothing is found.
#include <doctest/doctest.h>

#include "litmus.hpp"
#include "process/run.hpp"

using namespace ipclab;

namespace {

process::Outcome watched(const std::string& program) {
  return process::run(
      {.argv = {IPCLAB_BUILD "/harness/ipclab", "race", "--", program}, .limit = std::chrono::seconds(60)});
}

bool says(const process::Outcome& outcome, const std::string& first_line) {
  return ("\n" + outcome.out).find("\n" + first_line) != std::string::npos;
}

}  // namespace

TEST_CASE("a racy program is reported with its two lines") {
  for (const Litmus& litmus : litmus_programs()) {
    if (litmus.by_luck) continue;
    CAPTURE(litmus.name);
    const auto outcome = watched(litmus_path(litmus, false));
    CAPTURE(outcome.out);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 1);
    CHECK(says(outcome, litmus.first_line));
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
