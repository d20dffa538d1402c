#include "cli/inquiry.hpp"

#include <poll.h>

#include <algorithm>

#include "detect/stuck.hpp"

namespace ipclab::cli {
namespace {
using Clock = std::chrono::steady_clock;
using VerdictKind = detect::Verdict::Kind;
using namespace std::chrono_literals;

void wait(int fd, std::chrono::microseconds time) {
  pollfd polled{fd, POLLIN, 0};
  const timespec limit{time.count() / 1'000'000, time.count() % 1'000'000 * 1000};
  ::ppoll(&polled, fd < 0 ? 0 : 1, &limit, nullptr);
}
}  // namespace

Inquiry::Inquiry(observe::World world, bool outsiders_may_act)
    : watch_(std::move(world)), outsiders_may_act_(outsiders_may_act) {}

Answer Inquiry::now() {
  Answer answer;
  answer.snapshot = watch_.snapshot();
  answer.verdict = detect::verdict(answer.snapshot);
  return answer;
}

bool Inquiry::lasts(const Answer& answer) const {
  if (!answer.snapshot.proved) return false;
  if (answer.verdict.stuck()) return true;
  if (answer.verdict.kind != VerdictKind::waiting_for_input) return false;
  if (!outsiders_may_act_) return true;
  return std::ranges::none_of(detect::wait_edges(answer.snapshot),
                              [](const detect::WaitEdge& edge) { return edge.by_outside || edge.by_itself; });
}

/// Who polls is awake now and then: what looks like running is looked at a little longer.
Answer Inquiry::at_the_end() {
  Answer first = now();
  for (int i = 0; i < 20 && first.verdict.kind == VerdictKind::running; ++i) {
    wait(-1, 5ms);
    watch_.look();
    Answer later = now();
    if (later.verdict.kind == VerdictKind::polling || later.verdict.kind == VerdictKind::spinning)
      return later;
  }
  return first;
}

std::optional<Answer> Inquiry::ask(Clock::time_point until, int wake_fd, const std::function<bool()>& over) {
  // A full picture costs milliseconds. While everybody is asleep and it says nothing for good (data may be on
  // its way, a timer may be running), the next one is taken later and later.
  auto patience = 1ms;
  auto next = Clock::time_point::min();
  for (;;) {
    watch_.look();
    if (over()) return std::nullopt;
    const auto time = Clock::now();
    if (!watch_.quiet()) {
      patience = 1ms;
      next = Clock::time_point::min();
    } else if (!watch_.empty() && time >= next) {
      if (auto answer = now(); lasts(answer)) return answer;
      next = Clock::now() + patience;
      patience = std::min(2 * patience, 50ms);
    }
    if (time >= until) return at_the_end();
    wait(wake_fd, watch_.pause());
  }
}

Answer Inquiry::explained(Answer answer) {
  watch_.symbolize(answer.snapshot);
  answer.verdict = detect::verdict(answer.snapshot);
  return answer;
}

}  // namespace ipclab::cli
