#include "observe/history.hpp"

namespace ipclab::observe {
namespace {

constexpr std::chrono::milliseconds kSpacing{5};
constexpr double kMostlyRunnable = 0.8;  // of the window, on a CPU or waiting for one
constexpr std::uint64_t kYields = 300;   // given a CPU so often in the window without ever being seen asleep
constexpr std::uint64_t kWakes = 3;

}  // namespace

void History::add(Time now, const RawThread& thread) {
  if (samples_.empty()) first_cpu_ns_ = thread.cpu_ns;
  if (samples_.size() > 1 && now - samples_[samples_.size() - 2].time < kSpacing) samples_.pop_back();
  samples_.push_back({now, thread.switches, thread.cpu_ns, thread.cpu_ns + thread.wait_ns, ++looks_});
  while (samples_.size() > 2 && now - samples_[1].time > kWindow) samples_.pop_front();
}

Activity History::awake(const RawThread&) const {
  const auto window = samples_.back().time - samples_.front().time;
  if (window < kWindow) return Activity::running;
  const auto window_ns = static_cast<double>(std::chrono::nanoseconds(window).count());
  const double runnable =
      static_cast<double>(samples_.back().runnable_ns - samples_.front().runnable_ns) / window_ns;
  if (runnable < kMostlyRunnable) return Activity::running;
  const std::uint64_t switches = samples_.back().switches - samples_.front().switches;
  // We ourselves take the CPU away from it, about once with every look.
  const std::uint64_t by_us = 2 * (samples_.back().looks - samples_.front().looks);
  return switches > kYields + by_us ? Activity::polling : Activity::spinning;
}

bool History::wakes_again_and_again() const {
  const auto window = samples_.back().time - samples_.front().time;
  return window >= kWindow && samples_.back().switches - samples_.front().switches >= kWakes;
}

}  // namespace ipclab::observe
