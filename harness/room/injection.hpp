// What a fault does to a call that a thread is about to make: shorter, given up, made later. The thread is in
// its stop before the call (PTRACE_EVENT_SECCOMP), or, for the last two, in the one behind it; the caller
// lets it go on. Nothing happens to a thread that has been killed in its stop.
#pragma once

#include <sys/types.h>

#include "room/registers.hpp"
#include "room/tracee.hpp"

namespace ipclab::room {

/// The call carries no more bytes than the fault says. False: it does not as it is.
bool shorten(pid_t tid, TracedThread& thread, Registers& registers);
/// The call is not made and fails with EINTR.
void give_up(pid_t tid);
/// Signals are delivered between the return of a call and the next instruction: this call returns without
/// having been made, and the next instruction is the same call.
void step_out(pid_t tid, TracedThread& thread);

/// What shorten() has changed is as the program left it.
void put_back(pid_t tid, TracedThread& thread, Registers& registers);
/// The call that step_out() has put off is made now.
void step_back_in(pid_t tid, TracedThread& thread, Registers& registers);

}  // namespace ipclab::room
