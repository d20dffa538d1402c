// What a thread did in the last while: enough to tell sleeping from polling and computing from spinning.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include "model/snapshot.hpp"
#include "observe/proc.hpp"

namespace ipclab::observe {

/// How long a thread is watched before it is said to poll or to spin.
inline constexpr std::chrono::milliseconds kWindow{150};

class History {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void add(Time now, const RawThread& thread);

  /// Of a thread that is not asleep: spinning, polling (it yields in a loop), or running.
  Activity awake(const RawThread& thread) const;
  /// It has fallen asleep and woken again several times in the window.
  bool wakes_again_and_again() const;
  std::uint64_t first_cpu_ns() const { return first_cpu_ns_; }

 private:
  struct Sample {
    Time time;
    std::uint64_t switches, cpu_ns, runnable_ns, looks;
  };
  std::deque<Sample> samples_;  // at least the window, thinned out
  std::uint64_t first_cpu_ns_ = 0, looks_ = 0;
};

}  // namespace ipclab::observe
