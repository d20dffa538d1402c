#include "room/tally.hpp"

#include <fmt/format.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <map>
#include <vector>

#include "room/calls.hpp"

namespace ipclab::room {
namespace {

using Entry = CallCounts::Entry;

/// Where the bytes go, and what tells their number.
struct Carrier {
  long Entry::*where;
  enum {
    result,          // the call's result
    received,        // … but with MSG_TRUNC the result may be more than was copied: recv(2)
    message,         // the same, of a msghdr
    third_argument,  // the result only says that it succeeded
    messages,        // an array of mmsghdr, the result is its length: recvmmsg(2)
  } count;
};

const std::map<long, Carrier>& carriers() {
  constexpr auto in = &Entry::bytes_in, out = &Entry::bytes_out, moved = &Entry::bytes_moved;
  static const std::map<long, Carrier> kCarriers = {
      {SYS_read, {in, Carrier::result}},
      {SYS_pread64, {in, Carrier::result}},
      {SYS_readv, {in, Carrier::result}},
      {SYS_preadv, {in, Carrier::result}},
      {SYS_preadv2, {in, Carrier::result}},
      {SYS_recvfrom, {in, Carrier::received}},
      {SYS_recvmsg, {in, Carrier::message}},
      {SYS_recvmmsg, {in, Carrier::messages}},
      {SYS_mq_timedreceive, {in, Carrier::result}},
      {SYS_msgrcv, {in, Carrier::result}},
      {SYS_process_vm_readv, {in, Carrier::result}},
      {SYS_write, {out, Carrier::result}},
      {SYS_pwrite64, {out, Carrier::result}},
      {SYS_writev, {out, Carrier::result}},
      {SYS_pwritev, {out, Carrier::result}},
      {SYS_pwritev2, {out, Carrier::result}},
      {SYS_sendto, {out, Carrier::result}},
      {SYS_sendmsg, {out, Carrier::result}},
      {SYS_sendmmsg, {out, Carrier::messages}},
      {SYS_mq_timedsend, {out, Carrier::third_argument}},
      {SYS_msgsnd, {out, Carrier::third_argument}},
      {SYS_process_vm_writev, {out, Carrier::result}},
      {SYS_splice, {moved, Carrier::result}},
      {SYS_tee, {moved, Carrier::result}},
      {SYS_vmsplice, {moved, Carrier::result}},
      {SYS_sendfile, {moved, Carrier::result}},
      {SYS_copy_file_range, {moved, Carrier::result}},
  };
  return kCarriers;
}

/// What the parts of the message can hold.
long room_in(pid_t tid, std::uint64_t message) {
  msghdr header{};
  if (!read_memory(tid, message, &header, sizeof header)) return 0;
  std::vector<iovec> parts(std::min<std::size_t>(header.msg_iovlen, IOV_MAX));
  if (!read_memory(tid, reinterpret_cast<std::uint64_t>(header.msg_iov), parts.data(),
                   parts.size() * sizeof(iovec)))
    return 0;
  std::size_t total = 0;
  for (const iovec& part : parts) total += part.iov_len;
  return static_cast<long>(total);
}

long in_messages(pid_t tid, std::uint64_t address, long count) {
  std::vector<mmsghdr> messages(static_cast<std::size_t>(std::min<long>(count, IOV_MAX)));
  if (!read_memory(tid, address, messages.data(), messages.size() * sizeof(mmsghdr))) return 0;
  long total = 0;
  for (const mmsghdr& message : messages) total += message.msg_len;
  return total;
}

long bytes_of(pid_t tid, const Carrier& carrier, const Registers& registers) {
  const long result = registers.result();
  const auto number = [&](int n) { return static_cast<long>(registers.argument(n)); };
  const auto truncates = [&](int n) { return (registers.argument(n) & MSG_TRUNC) != 0; };
  if (result < 0) return 0;
  switch (carrier.count) {
    case Carrier::result:
      break;
    case Carrier::received:
      return truncates(3) ? std::min(result, number(2)) : result;
    case Carrier::message:
      return truncates(2) ? std::min(result, room_in(tid, registers.argument(1))) : result;
    case Carrier::third_argument:
      return number(2);
    case Carrier::messages:
      return in_messages(tid, registers.argument(1), result);
  }
  return result;
}

bool is_open(pid_t tid, int fd) {
  struct stat link;
  return ::lstat(fmt::format("/proc/{}/fd/{}", tid, fd).c_str(), &link) == 0 || errno != ENOENT;
}

}  // namespace

bool carries_bytes(long number) { return carriers().contains(number); }

bool Tally::begins(pid_t tid, const Registers& registers) {
  const long number = registers.call();
  if (number == SYS_restart_syscall) return false;  // the kernel goes on with a call that has been counted
  const int fd = descriptor_of(number, registers.argument(0));
  const bool needless = number == SYS_close && fd >= 0 && !is_open(tid, fd);
  add({.number = number, .fd = fd, .calls = 1, .needless = needless});
  return carries_bytes(number);
}

void Tally::returns(pid_t tid, long number, const Registers& registers) {
  const Carrier& carrier = carriers().at(number);
  Entry entry{.number = number, .fd = descriptor_of(number, registers.argument(0))};
  entry.*carrier.where = bytes_of(tid, carrier, registers);
  if (entry.*carrier.where > 0) add(entry);
}

void Tally::add(const Entry& entry) {
  own_.add(entry);
  for (Tally* tally = this; tally; tally = tally->parent_.get()) tally->family_.add(entry);
}

}  // namespace ipclab::room
