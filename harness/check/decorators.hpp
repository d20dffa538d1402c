// What a check says of itself: TEST_CASE("a sentence about the correct behaviour" * rule("S3") * todo(2) *
// points(2)).
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "model/result.hpp"

namespace ipclab::check {

/// Every check of this program, in the order of the source: by the names of the files, then by line. Filled
/// while static objects are made.
std::vector<CheckInfo> all_checks();

namespace detail {
CheckInfo& info_of(const doctest::detail::TestCase& test);
}

struct rule {  // "S3", of the handout's Spec
  const char* name;
  explicit rule(const char* n) : name(n) {}
  void fill(doctest::detail::TestCase& test) const { detail::info_of(test).rule = name; }
};

struct todo {  // the TODO that the check is about
  int number;
  explicit todo(int n) : number(n) {}
  void fill(doctest::detail::TestCase& test) const { detail::info_of(test).todo = number; }
};

struct points {
  int number;
  explicit points(int n) : number(n) {}
  void fill(doctest::detail::TestCase& test) const { detail::info_of(test).points = number; }
};

struct needs {  // skipped when this other check does not pass
  const char* check;
  explicit needs(const char* c) : check(c) {}
  void fill(doctest::detail::TestCase& test) const { detail::info_of(test).needs = check; }
};

struct races {  // programs in it are watched for races: kWatchingRaces, under_schedules
  void fill(doctest::detail::TestCase& test) const { detail::info_of(test).races = true; }
};

}  // namespace ipclab::check
