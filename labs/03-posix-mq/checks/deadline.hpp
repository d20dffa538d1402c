// When a wait for a time is going to end: read from the call in which it sleeps.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "queue.hpp"

/// The time-out that the kernel has is the one that was asked for. `began` is a moment before it was asked
/// for, so whatever the machine was doing meanwhile, no less than the rest can be left; a microsecond's
/// rounding is free. Of the time that the program has waited in any case, `waited`, nothing can be left.
inline void must_end_after(const Reply& reply, const Console& console, std::chrono::milliseconds patience,
                           std::chrono::steady_clock::time_point began,
                           std::chrono::steady_clock::duration waited = {}) {
  reply.must_block(on(kQueue));
  const Snapshot snapshot = console.look();
  const auto passed = std::chrono::steady_clock::now() - began;
  const ipclab::Process* process = snapshot.find(console.pid());
  for (const Thread& thread : process ? process->threads : std::vector<Thread>()) {
    if (!thread.wait.time_out_seconds) continue;
    const std::chrono::duration<double> left(*thread.wait.time_out_seconds);
    constexpr std::chrono::duration<double> kRounding(0.01);
    const auto most = patience - waited + kRounding;
    if (left <= most && left >= patience - passed - kRounding) return;
    fails(cause::kWrongAnswer, fmt::format("{} waits for {} ms at most", console.name(), patience.count()),
          fmt::format("its wait ends by itself {} than that", left > most ? "later" : "earlier"), "", {});
  }
}
