#include "check/outcome.hpp"

#include <utility>

namespace ipclab::check {
namespace {

/// Enough to follow any check; a program that makes a million of them must not fill the memory.
constexpr std::size_t kMostEvents = 2000;

}  // namespace

void Outcome::fail(Finding finding) {
  if (settled_) return;
  settle(Status::fail);
  result_.finding = std::move(finding);
}

void Outcome::explain(Finding cause) {
  if (failed()) result_.finding = std::move(cause);
}

void Outcome::replays_with(std::string command) {
  if (!failed() || !result_.finding) return;
  auto& next = result_.finding->next;
  next.insert(next.begin(), std::move(command));
}

void Outcome::reached_todo(int todo, std::string place) {
  if (settled_) return;
  settle(Status::todo);
  result_.todo = todo;
  result_.todo_place = std::move(place);
}

void Outcome::skip(std::string reason) {
  if (settled_) return;
  settle(Status::skip);
  result_.reason = std::move(reason);
}

void Outcome::error(std::string reason) {
  if (settled_) return;
  settle(Status::error);
  result_.reason = std::move(reason);
}

void Outcome::adds(Row row) {
  if (result_.finding) result_.finding->table.push_back(std::move(row));
}

void Outcome::log(std::string who, std::string what) {
  if (result_.events.size() >= kMostEvents) return;
  const auto at =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began_);
  result_.events.push_back({at, std::move(who), std::move(what)});
}

CheckResult Outcome::result(const CheckInfo& info) const {
  CheckResult result = result_;
  result.info = info;
  if (!settled_) result.status = Status::pass;
  result.took =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began_);
  return result;
}

Outcome& outcome() {
  static Outcome instance;
  return instance;
}

void end_with(Finding finding) {
  outcome().fail(std::move(finding));
  throw CheckEnded{};
}

}  // namespace ipclab::check
