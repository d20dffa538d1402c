#include "room/call_counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.hpp"
#include "room/calls.hpp"

namespace ipclab::room {
namespace {

std::tuple<long, int> place(const CallCounts::Entry& entry) { return {entry.number, entry.fd}; }

long sum(const std::vector<CallCounts::Entry>& entries, long CallCounts::Entry::*member) {
  long result = 0;
  for (const CallCounts::Entry& entry : entries) result += entry.*member;
  return result;
}

void plus(CallCounts::Entry& to, const CallCounts::Entry& entry, long factor = 1) {
  to.calls += factor * entry.calls;
  to.bytes_in += factor * entry.bytes_in;
  to.bytes_out += factor * entry.bytes_out;
  to.bytes_moved += factor * entry.bytes_moved;
  to.needless += factor * entry.needless;
}

std::string described(const std::string& name, const CallCounts::Entry& entry) {
  std::vector<std::string> bytes;
  if (entry.bytes_in) bytes.push_back(fmt::format("{} bytes in", entry.bytes_in));
  if (entry.bytes_out) bytes.push_back(fmt::format("{} bytes out", entry.bytes_out));
  if (entry.bytes_moved) bytes.push_back(fmt::format("{} bytes moved", entry.bytes_moved));
  return fmt::format("{} {}{}", entry.calls, name, bytes.empty() ? "" : " (" + joined(bytes, ", ") + ")");
}

}  // namespace

void CallCounts::add(const Entry& entry) {
  auto at = std::ranges::lower_bound(entries_, place(entry), {}, place);
  if (at == entries_.end() || place(*at) != place(entry))
    at = entries_.insert(at, Entry{.number = entry.number, .fd = entry.fd});
  plus(*at, entry);
}

long CallCounts::total() const { return sum(entries_, &Entry::calls); }
long CallCounts::bytes_in() const { return sum(entries_, &Entry::bytes_in); }
long CallCounts::bytes_out() const { return sum(entries_, &Entry::bytes_out); }
long CallCounts::bytes_moved() const { return sum(entries_, &Entry::bytes_moved); }
long CallCounts::needless_closes() const { return sum(entries_, &Entry::needless); }

long CallCounts::calls(std::string_view name) const {
  const Call& call = call_named(name);
  long result = 0;
  for (const Entry& entry : entries_)
    if (std::ranges::count(call.numbers, entry.number) > 0) result += entry.calls;
  return result;
}

CallCounts CallCounts::operator-(const CallCounts& earlier) const {
  CallCounts difference = *this;
  for (const Entry& entry : earlier.entries_) {
    const auto at = std::ranges::lower_bound(difference.entries_, place(entry), {}, place);
    if (at != difference.entries_.end() && place(*at) == place(entry)) plus(*at, entry, -1);
  }
  std::erase_if(difference.entries_, [](const Entry& entry) {
    return entry.calls == 0 && entry.bytes_in == 0 && entry.bytes_out == 0 && entry.bytes_moved == 0 &&
           entry.needless == 0;
  });
  return difference;
}

CallCounts CallCounts::without(const std::set<int>& fds) const {
  CallCounts rest = *this;
  std::erase_if(rest.entries_, [&](const Entry& entry) { return fds.contains(entry.fd); });
  return rest;
}

std::string CallCounts::listed() const {
  std::map<std::string, Entry> by_name;
  for (const Entry& entry : entries_) plus(by_name[call_name(entry.number)], entry);
  std::vector<std::pair<std::string, Entry>> ordered(by_name.begin(), by_name.end());
  std::ranges::stable_sort(ordered, std::ranges::greater{},
                           [](const auto& pair) { return pair.second.calls; });
  std::vector<std::string> parts;
  for (const auto& [name, entry] : ordered) parts.push_back(described(name, entry));
  return parts.empty() ? "none" : joined(parts, ", ");
}

}  // namespace ipclab::room
