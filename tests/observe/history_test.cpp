// Sleeping, polling, computing and spinning told apart, on literal histories.

#include "observe/history.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace ipclab;
using namespace ipclab::observe;
using namespace std::chrono_literals;

namespace {

/// What a thread does in a millisecond between two looks.
struct Millisecond {
  std::uint64_t cpu_us, wait_us, switches;
};

struct Past {
  History history;
  RawThread thread;
  History::Time now{};

  void go_on(std::chrono::milliseconds time, Millisecond each) {
    for (auto i = 0ms; i < time; i += 1ms) {
      thread.cpu_ns += each.cpu_us * 1000;
      thread.wait_ns += each.wait_us * 1000;
      thread.switches += each.switches;
      history.add(now += 1ms, thread);
    }
  }
  Activity awake() const { return history.awake(thread); }
};

constexpr Millisecond kBurns{1000, 0, 0}, kShares{300, 700, 1}, kYields{500, 500, 10}, kSleeps{0, 0, 0},
    kWakes{10, 0, 1}, kWorksHalf{500, 0, 1};

}  // namespace

TEST_CASE("who burns CPU spins only when it has done so for the whole window") {
  Past past;
  past.go_on(100ms, kBurns);
  CHECK(past.awake() == Activity::running);
  past.go_on(100ms, kBurns);
  CHECK(past.awake() == Activity::spinning);
}

TEST_CASE("who waits for a CPU as much as it has one spins all the same") {
  Past past;
  past.go_on(200ms, kShares);
  CHECK(past.awake() == Activity::spinning);
}

TEST_CASE("who gives the CPU away again and again without sleeping polls") {
  Past past;
  past.go_on(200ms, kYields);
  CHECK(past.awake() == Activity::polling);
}

TEST_CASE("who works half of the time runs") {
  Past past;
  past.go_on(200ms, kWorksHalf);
  CHECK(past.awake() == Activity::running);
}

TEST_CASE("what was before the window is forgotten") {
  Past past;
  past.go_on(500ms, kBurns);
  past.go_on(200ms, kWorksHalf);
  CHECK(past.awake() == Activity::running);
}

TEST_CASE("one wake-up is not polling; one every millisecond is") {
  Past past;
  past.go_on(100ms, kSleeps);
  past.go_on(1ms, kWakes);
  past.go_on(100ms, kSleeps);
  CHECK_FALSE(past.history.wakes_again_and_again());
  past.go_on(200ms, kWakes);
  CHECK(past.history.wakes_again_and_again());
}

TEST_CASE("CPU time from before the first look does not count") {
  Past past;
  past.thread.cpu_ns = 5'000'000;
  past.go_on(1ms, kBurns);
  CHECK(past.history.first_cpu_ns() == 6'000'000);
}
