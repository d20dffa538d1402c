// Waits for what other processes do: for their ends, and for signals.

#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/file.hpp"
#include "observe/decoder.hpp"

namespace ipclab::observe {

/// It is ready when its process has ended: "Pid:" in fdinfo, -1 by then (pidfd_open(2)). False: whose it is
/// cannot be told.
bool Decoder::pidfd(int fd) {
  const std::string info = try_read_file(fmt::format("/proc/{}/fdinfo/{}", pid_, fd)).value_or("");
  const auto at = info.find("\nPid:");
  const int pid = at == std::string::npos ? 0 : std::atoi(info.c_str() + at + 5);
  const auto process = std::ranges::find(context_.tree, pid, &RawProcess::pid);
  const bool known = process != context_.tree.end();
  if (known && !process->zombie) end_of(pid);
  else if (known || pid < 0) time_out(0);
  return known || pid < 0;
}

void Decoder::end_of(int pid) {
  const int index =
      context_.objects.find_or_make(fmt::format("process:{}", pid), ObjectKind::child, context_.name_of(pid));
  context_.objects.at(index).owner = pid;
  target(index, Need::exit);
}

void Decoder::child(std::uint64_t idtype, std::int64_t id) {
  for (const RawProcess& process : context_.tree) {
    if (process.parent != pid_) continue;
    if (idtype == P_PID && !process.zombie) {
      const auto outer = context_.outer.find(static_cast<int>(id));
      if (outer == context_.outer.end() || outer->second != process.pid) continue;
    }
    end_of(process.pid);
  }
  // A tracer learns of an end before the parent does (ptrace(2)): until then the child is a zombie, and the
  // parent still waits for it. A number inside names no zombie, so it is the one that is meant if no living
  // child is.
  const auto ended = [&](const Target& target) {
    const auto child =
        std::ranges::find(context_.tree, *context_.objects.at(target.object).owner, &RawProcess::pid);
    return child != context_.tree.end() && child->zombie;
  };
  const bool any = std::ranges::any_of(wait_.any_of, ended), all = std::ranges::all_of(wait_.any_of, ended);
  if (idtype == P_PID ? all : any) wait_.time_out_seconds = 0;
  else std::erase_if(wait_.any_of, ended);
}

void Decoder::signal() {
  target(context_.objects.find_or_make(fmt::format("signal:{}", pid_), ObjectKind::signal, "a signal"),
         Need::signal);
}

bool Decoder::processes() {
  switch (thread_.number) {
    case SYS_wait4:
      child(static_cast<int>(argument(0)) > 0 ? P_PID : P_ALL, static_cast<int>(argument(0)));
      break;
    case SYS_waitid:
      if (argument(0) == P_PIDFD && pidfd(static_cast<int>(argument(1)))) break;
      child(argument(0), static_cast<int>(argument(1)));
      break;
    case SYS_pause:
    case SYS_rt_sigsuspend:
    case SYS_rt_sigtimedwait:
      signal();
      if (thread_.number == SYS_rt_sigtimedwait) relative(argument(2));
      break;
    default:
      return false;
  }
  return true;
}

}  // namespace ipclab::observe
