#include <fmt/format.h>
#include <signal.h>

#include "check/check.hpp"
#include "check/session.hpp"

namespace ipclab::check {
namespace {

std::string blocks(const std::string& who, std::string_view call, const On& object) {
  if (object.object.empty()) return fmt::format("{} falls asleep until somebody wakes it", who);
  return call.empty() ? fmt::format("{} falls asleep on {}", who, object.object)
                      : fmt::format("{} falls asleep in {} on {}", who, call, object.object);
}

}  // namespace

std::string Process::name() const { return session_->name_of(pid_); }

void Process::must_block_in(std::string_view call, const On& object) const {
  session_->wait_for_block(blocks(name(), call, object), pid_, std::string(call), object.object,
                           [] { return std::string(); });
}

void Process::must_block(const On& object) const { must_block_in("", object); }

void Process::must_block_for_good(const On& object) const {
  session_->wait_for_block(
      blocks(name(), "", object) + ", without a time-out", pid_, "", object.object,
      [] { return std::string(); }, true);
}

void Process::must_settle() const { session_->settle(pid_); }

void Process::signal(int number) const { session_->signal(pid_, number); }

void Process::kill() const { session_->kill(pid_); }

Snapshot Process::look() const { return session_->look_again(0); }

std::vector<Descriptor> Process::descriptors() const {
  session_->settle(pid_);
  const Snapshot snapshot = session_->look_again(pid_);
  const ipclab::Process* process = snapshot.find(pid_);
  return process ? process->descriptors : std::vector<Descriptor>();
}

}  // namespace ipclab::check
