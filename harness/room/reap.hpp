// init's wait: the ends of its own children, with what belongs to the tracer taken out.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <optional>
#include <string>

#include "room/tracer.hpp"

namespace ipclab::room {

struct Ended {
  pid_t pid = 0;
  int status = 0;       // as of waitpid(2)
  std::string program;  // what it executed
  rusage usage{};       // nothing for who was traced
};

/// The next child of the calling process that has ended, reaped; nothing when there is none now. Does not
/// wait.
std::optional<Ended> next_end(Tracer& tracer);

/// The name of what a process executes (proc_pid_comm(5)); empty when it is gone.
std::string program_of(pid_t pid);

}  // namespace ipclab::room
