#include "room/injection.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <optional>
#include <vector>

#include "room/calls.hpp"

namespace ipclab::room {
namespace {

/// A vector of one part, with at most `most` bytes, in memory of the thread that is not in use; nothing when
/// the old one is no longer than that.
std::optional<std::uint64_t> short_vector(pid_t tid, const Registers& registers, std::uint64_t address,
                                          std::uint64_t size, std::uint64_t most) {
  std::vector<iovec> parts(std::min<std::uint64_t>(size, IOV_MAX));
  if (!read_memory(tid, address, parts.data(), parts.size() * sizeof(iovec))) return std::nullopt;
  std::uint64_t total = 0;
  for (const iovec& part : parts) total += part.iov_len;
  if (total <= most) return std::nullopt;
  iovec first = *std::ranges::find_if(parts, [](const iovec& part) { return part.iov_len > 0; });
  first.iov_len = std::min<std::uint64_t>(first.iov_len, most);
  // Below the stack's red zone nothing is in use: a signal handler would be run there, too.
  const std::uint64_t scratch = (registers.stack() - 256) & ~std::uint64_t{15};
  if (!write_memory(tid, scratch, &first, sizeof first)) return std::nullopt;
  return scratch;
}

}  // namespace

bool shorten(pid_t tid, TracedThread& thread, Registers& registers) {
  const auto most = static_cast<std::uint64_t>(thread.action->value);
  const auto replace = [&](int n, std::uint64_t value) {
    thread.arguments.emplace_back(n, registers.argument(n));
    registers.set_argument(n, value);
  };
  const auto lower = [&](int n) {
    if (registers.argument(n) <= most) return false;
    replace(n, most);
    return true;
  };
  const auto shorten_vector = [&] {
    const auto vector = short_vector(tid, registers, registers.argument(1), registers.argument(2), most);
    if (!vector) return false;
    replace(1, *vector);
    replace(2, 1);
    return true;
  };
  const auto shorten_message = [&] {
    const std::uint64_t place = registers.argument(1) + offsetof(msghdr, msg_iov);
    std::uint64_t old[2];  // msg_iov, msg_iovlen
    if (!read_memory(tid, place, old, sizeof old)) return false;
    const auto vector = short_vector(tid, registers, old[0], old[1], most);
    const std::uint64_t now[2] = {vector.value_or(0), 1};
    if (!vector || !write_memory(tid, place, now, sizeof now)) return false;
    thread.memory = {{place, old[0]}, {place + sizeof old[0], old[1]}};
    return true;
  };
  const Call::Count count = call_named(thread.action->call).count;
  const bool shorter = count == Call::Count::third_argument    ? lower(2)
                       : count == Call::Count::fourth_argument ? lower(3)
                       : count == Call::Count::vector          ? shorten_vector()
                                                               : shorten_message();
  if (shorter) registers.store(tid);
  thread.wants_exit |= shorter;
  return shorter;
}

void put_back(pid_t tid, TracedThread& thread, Registers& registers) {
  for (const auto& [n, value] : thread.arguments) registers.set_argument(n, value);
  if (!thread.arguments.empty()) registers.store(tid);
  for (const auto& [place, word] : thread.memory) write_memory(tid, place, &word, sizeof word);
  thread.arguments.clear();
  thread.memory.clear();
}

void give_up(pid_t tid) {
  auto registers = Registers::of(tid);
  if (!registers) return;
  registers->skip_call(-EINTR);
  registers->store(tid);
}

void step_out(pid_t tid, TracedThread& thread) {
  auto registers = Registers::of(tid);
  if (!registers) return;
  thread.ahead = registers->call();
  thread.restart = Restart::of(*registers);
  registers->skip_call(0);
  registers->store(tid);
  thread.wants_exit = true;
}

void step_back_in(pid_t tid, TracedThread& thread, Registers& registers) {
  registers.step_back(*thread.ahead);
  registers.store(tid);
  thread.ahead.reset();
  thread.action = nullptr;
}

}  // namespace ipclab::room
