#include "room/reap.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include "base/file.hpp"
#include "base/text.hpp"

namespace ipclab::room {

std::string program_of(pid_t pid) {
  return std::string(trimmed(try_read_file(fmt::format("/proc/{}/comm", pid)).value_or("")));
}

std::optional<Ended> next_end(Tracer& tracer) {
  for (;;) {
    siginfo_t info{};
    // First a look: a process that has not been reaped still has its number, its name and its parent.
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0 || info.si_pid == 0)
      return std::nullopt;
    Ended ended{info.si_pid, 0, program_of(info.si_pid), {}};
    const Tracer::Taken taken = tracer.takes(ended.pid, ended.status);
    if (taken == Tracer::Taken::all) continue;
    if (taken == Tracer::Taken::reaped) return ended;
    if (::wait4(ended.pid, &ended.status, WNOHANG | __WALL, &ended.usage) == ended.pid) return ended;
  }
}

}  // namespace ipclab::room
