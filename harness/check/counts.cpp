// The words that count system calls.

#include <fmt/format.h>
#include <unistd.h>

#include <stdexcept>

#include "check/check.hpp"
#include "check/outcome.hpp"
#include "check/session.hpp"
#include "model/cause.hpp"

namespace ipclab::check {
namespace {

CallCounts counts_of(Session& session, pid_t pid, bool family) {
  session.settle(family ? 0 : pid);
  if (auto counts = session.room().counts(pid, family)) return *std::move(counts);
  throw std::logic_error("a check counts the calls of a program that it has started without count_calls()");
}

}  // namespace

CallCounts Process::calls_made() const { return counts_of(*session_, pid_, false); }

CallCounts Process::calls_made_with_children() const { return counts_of(*session_, pid_, true); }

CallCounts Console::calls_made() const { return Process::calls_made().without({STDIN_FILENO, kRepliesFd}); }

void must_be_at_most(const CallCounts& made, long most, const std::string& doing) {
  if (made.total() <= most) return;
  end_with({cause::kTooManyCalls,
            most == 0 ? doing + " takes no system call"
                      : fmt::format("{} takes at most {} system calls", doing, most),
            fmt::format("it takes {}: {}", made.total(), made.listed()),
            {},
            "",
            {}});
}

}  // namespace ipclab::check
