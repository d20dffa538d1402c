// What the matrix finds wrong with a lab, on literal results.

#include "cli/expectations.hpp"

#include <doctest/doctest.h>

using namespace ipclab;
using namespace ipclab::cli;

namespace {

CheckResult check(const std::string& name, Status status, const std::string& cause = "wrong-answer") {
  CheckResult result;
  result.info.name = name;
  result.status = status;
  if (status == Status::fail) result.finding = Finding{cause, "a thing", "another", {}, "", {}};
  if (status == Status::error) result.reason = "our fault";
  return result;
}

LabResult lab(const std::string& variant, std::vector<CheckResult> checks) {
  LabResult result;
  result.variant = variant;
  result.checks = std::move(checks);
  return result;
}

const Wrong kWrong{"02-forgets", "first", {"wrong-answer", "polls"}, {}};

/// What is expected of one wrong variant.
std::vector<std::string> of_wrong(std::vector<CheckResult> checks) {
  Expectations expectations(true);
  expectations.of_wrong(kWrong, lab("wrong 02-forgets", std::move(checks)));
  return expectations.problems();
}

using Sentences = std::vector<std::string>;

}  // namespace

TEST_CASE("a skeleton is TODO everywhere, in a second, for no points") {
  Expectations expectations(true);
  expectations.of_skeleton(lab("skeleton", {check("first", Status::todo), check("second", Status::skip)}));
  CHECK(expectations.problems().empty());
  CheckResult slow = check("third", Status::todo);
  slow.took = std::chrono::seconds(2);
  expectations.of_skeleton(
      lab("skeleton", {check("first", Status::pass), check("second", Status::fail), slow}));
  CHECK(expectations.problems() ==
        Sentences{"skeleton: \"first\" is PASS, not TODO", "skeleton: \"second\" is FAIL, not TODO",
                  "skeleton: \"third\" takes 2000 ms", "skeleton: earns 1 points"});
}

TEST_CASE("what is right passes, without a warning") {
  Expectations expectations(true);
  expectations.of_right(lab("solution", {check("first", Status::pass), check("second", Status::skip)}));
  CHECK(expectations.problems().empty());
  LabResult bad = lab("right poll", {check("first", Status::fail), check("second", Status::todo)});
  bad.compiler_output = "a warning";
  expectations.of_right(bad);
  CHECK(expectations.problems() == Sentences{"right poll: compiles with warnings:\na warning",
                                             "right poll: \"first\" is FAIL: wrong-answer, another",
                                             "right poll: \"second\" is TODO: "});
}

TEST_CASE("what is wrong is caught by the check that it names, with a cause that it names") {
  CHECK(of_wrong({check("first", Status::fail), check("second", Status::pass)}).empty());
  CHECK(of_wrong({check("first", Status::fail, "polls"), check("second", Status::pass)}).empty());
  CHECK(of_wrong({check("first", Status::skip), check("second", Status::pass)}).empty());
  CHECK(of_wrong({check("first", Status::pass), check("second", Status::fail)}) ==
        Sentences{"wrong 02-forgets: \"first\" is PASS, not FAIL"});
  CHECK(of_wrong({check("first", Status::fail, "spins"), check("second", Status::pass)}) ==
        Sentences{"wrong 02-forgets: \"first\" fails with spins (another), not with wrong-answer or polls"});
  CHECK(of_wrong({check("second", Status::fail)}) ==
        Sentences{"wrong 02-forgets: names no check of the lab: \"first\""});
}

TEST_CASE("two that make everything fail in the same words are one") {
  Expectations expectations(true);
  const std::vector<CheckResult> all_fail{check("first", Status::fail), check("second", Status::fail)};
  expectations.of_wrong(kWrong, lab("wrong 01-a", all_fail));
  expectations.of_wrong(kWrong,
                        lab("wrong 01-b", {check("first", Status::fail), check("second", Status::pass)}));
  CHECK(expectations.problems().empty());
  expectations.of_wrong(kWrong, lab("wrong 01-d", all_fail));
  CHECK(expectations.problems() ==
        Sentences{"wrong 01-d: is caught as \"wrong 01-a\" is, and as there only because everything fails"});
  Expectations quick(false);  // it runs but one check of each: that says nothing of the others
  quick.of_wrong(kWrong, lab("wrong 01-a", all_fail));
  quick.of_wrong(kWrong, lab("wrong 01-d", all_fail));
  CHECK(quick.problems().empty());
}

TEST_CASE("our own faults, and what does not compile, are problems of any form") {
  Expectations expectations(true);
  expectations.of_right(lab("solution", {check("first", Status::error)}));
  LabResult bad = lab("wrong 01-a", {});
  bad.compiled = false;
  bad.compiler_output = "no such thing";
  expectations.of_wrong(kWrong, bad);
  CHECK(expectations.problems() == Sentences{"solution: \"first\" is an ERROR: our fault",
                                             "wrong 01-a: does not compile:\nno such thing"});
}
