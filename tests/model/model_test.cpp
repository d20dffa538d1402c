#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "model/ledger.hpp"
#include "model/result.hpp"
#include "model/snapshot.hpp"

using namespace ipclab;

namespace {

CheckResult with(Status status, int points) {
  CheckResult check;
  check.status = status;
  check.info.points = points;
  return check;
}

/// Every value has a word of its own.
template <typename Enum>
void must_have_words(Enum last) {
  std::set<std::string> words;
  for (int value = 0; value <= static_cast<int>(last); ++value)
    words.insert(to_string(static_cast<Enum>(value)));
  CHECK(words.size() == static_cast<std::size_t>(last) + 1);
  CHECK_FALSE(words.contains("?"));
}

}  // namespace

TEST_CASE("points are earned by checks that pass") {
  LabResult lab;
  CHECK(lab.points() == 0);
  lab.checks = {with(Status::pass, 2), with(Status::pass, 3)};
  CHECK(lab.earned() == 5);
  CHECK(lab.all_pass());
  for (const Status status : {Status::fail, Status::todo, Status::skip, Status::error}) {
    lab.checks.push_back(with(status, 7));
    CHECK(lab.earned() == 5);
    CHECK_FALSE(lab.all_pass());
    CHECK(lab.any_error() == (status == Status::error));
  }
  CHECK(lab.points() == 5 + 4 * 7);
  lab.checks.clear();
  lab.compiled = false;
  CHECK_FALSE(lab.all_pass());
}

TEST_CASE("processes are found by their number and by their threads'") {
  Snapshot snapshot;
  Process process;
  process.pid = 10;
  process.threads.resize(2);
  process.threads[0].tid = 10;
  process.threads[1].tid = 11;
  snapshot.processes = {process, process};
  snapshot.processes[1].pid = 20;
  snapshot.processes[1].threads.clear();
  CHECK(snapshot.find(20) == &snapshot.processes[1]);
  CHECK(snapshot.find(11) == nullptr);
  CHECK(snapshot.find_by_thread(11) == &snapshot.processes[0]);
  CHECK(snapshot.find_by_thread(20) == nullptr);
}

TEST_CASE("ledgers are compared by kind and name") {
  Ledger ledger = {{LeftoverKind::file, "b"}, {LeftoverKind::fifo, "z"}, {LeftoverKind::file, "a"}};
  std::ranges::sort(ledger);
  CHECK(ledger == Ledger{{LeftoverKind::fifo, "z"}, {LeftoverKind::file, "a"}, {LeftoverKind::file, "b"}});
}

TEST_CASE("words for every value") {
  must_have_words(Status::error);
  must_have_words(Activity::killed);
  must_have_words(ObjectKind::other);
  must_have_words(Need::wake);
  must_have_words(LeftoverKind::process);
}
