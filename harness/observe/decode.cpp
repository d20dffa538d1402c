#include "observe/decode.hpp"

#include <sys/syscall.h>
#include <time.h>

#include <algorithm>

#include "observe/calls.hpp"
#include "observe/decoder.hpp"

namespace ipclab::observe {
namespace {

constexpr char kPidfd[] = "anon_inode:[pidfd]";

}  // namespace

Wait Decoder::decode() {
  wait_.call = name_of_call(thread_.number);
  for (const auto family : {&Decoder::transfers, &Decoder::polls, &Decoder::locks, &Decoder::system_v,
                            &Decoder::processes, &Decoder::sleeps})
    if ((this->*family)()) break;
  return wait_;
}

void Decoder::descriptor(int fd, bool writing) {
  const auto& all = context_.process.descriptors;
  const auto found = std::ranges::find(all, fd, &Descriptor::fd);
  if (found == all.end()) return;
  if (context_.objects.at(found->object).name == kPidfd && pidfd(fd)) return;
  if (context_.objects.at(found->object).kind == ObjectKind::epoll) return epoll(fd);
  Need need = need_of(context_.objects.at(found->object).kind, writing);
  if (context_.objects.at(found->object).listening) need = Need::connection;
  target(found->object, need);
}

void Decoder::relative(std::uint64_t address) {
  if (!address) return;
  if (const auto time = read_value<timespec>(pid_, address))
    time_out(static_cast<double>(time->tv_sec) + static_cast<double>(time->tv_nsec) / 1e9);
}

void Decoder::deadline(std::uint64_t address, clockid_t clock) {
  if (!address) return;
  timespec now{};
  ::clock_gettime(clock, &now);
  if (const auto time = read_value<timespec>(pid_, address))
    time_out(static_cast<double>(time->tv_sec - now.tv_sec) +
             static_cast<double>(time->tv_nsec - now.tv_nsec) / 1e9);
}

bool Decoder::sleeps() {
  switch (thread_.number) {
    case SYS_nanosleep:
      relative(argument(0));
      break;
    case SYS_clock_nanosleep: {
      const bool absolute = argument(1) & TIMER_ABSTIME;
      if (absolute) deadline(argument(2), static_cast<clockid_t>(argument(0)));
      else relative(argument(2));
      break;
    }
    case SYS_restart_syscall:  // a timed call that a stop has interrupted: how long is left is the kernel's
                               // secret
      time_out(0);
      break;
    default:
      return false;
  }
  return true;
}

Wait decode_wait(const Context& context, const RawThread& thread) {
  return Decoder(context, thread).decode();
}

bool only_sleeps(const Wait& wait) {
  return wait.time_out_seconds && wait.any_of.empty() &&
         (wait.call == "nanosleep" || wait.call == "clock_nanosleep" || wait.call == "restart_syscall" ||
          wait.call == "poll" || wait.call == "ppoll" || wait.call == "select" || wait.call == "pselect6" ||
          wait.call == "epoll_wait");
}

}  // namespace ipclab::observe
