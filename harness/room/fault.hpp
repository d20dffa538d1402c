// Faults: what a check can ask to happen to a learner's process at its n-th call of a kind, injected from
// outside the program by the room's process 1 (seccomp(2) SECCOMP_RET_TRACE + ptrace(2)); the program needs
// no cooperation.
#pragma once

#include <cstddef>
#include <string>

namespace ipclab::room {

struct Fault {
  enum class Kind {
    short_count,     // at most `value` bytes are transferred (read, write, send, recv and their kin)
    interrupt,       // the call fails with EINTR, as after a signal handler without SA_RESTART; one that does
                     // not wait (WNOHANG, LOCK_NB, IPC_NOWAIT, MSG_DONTWAIT, a wake-up by futex), or is made
                     // by a thread that blocks all signals, does not count
    interrupt_late,  // as if it had slept first: held before the call until Room::release, which it then
                     // fails with EINTR
    fail,            // the call fails with errno `value`; with EAGAIN on a descriptor only a call that does not
                     // wait (MSG_DONTWAIT, O_NONBLOCK) counts: to one that does it would be a time-out
    kill,            // SIGKILL before the call happens
    hold_before,     // the thread is held just before the call, until Room::release
    hold_ahead,  // … ahead of it, still in the program: a signal that comes meanwhile is handled before the
                 // call begins, and does not interrupt it
    hold_after,  // … just after it
    count,       // no fault: nothing happens, but every call is counted (call_counts.hpp)
  };
  enum class On { any, pipe, socket, file };  // which descriptors count (pipe: FIFOs too); for mmap, what is mapped

  Kind kind = Kind::interrupt;
  std::string call;  // "read", "write", "futex", … (any in the table of fault.cpp); see validate()
  int nth = 1;       // counted per process from 1; 0: every one
  int value = 0;
  On on = On::any;
  std::string
      program;  // only processes executing this program of the lab; empty: the started one and its forks

  // Calls made by the dynamic loader never count: a program is judged from its own code on. A call that the
  // kernel restarts after a signal counts once. Counting begins anew when a process executes another program.
};

/// Throws std::invalid_argument for a call that the table in fault.cpp does not have, and for a kind that
/// makes no sense for it (a short futex).
void validate(const Fault& fault);

inline Fault short_count(std::string call, int most, int nth = 0) {
  return {Fault::Kind::short_count, std::move(call), nth, most, Fault::On::any, {}};
}
inline Fault interrupt(std::string call, int nth = 1) {
  return {Fault::Kind::interrupt, std::move(call), nth, 0, Fault::On::any, {}};
}
inline Fault interrupt_late(std::string call, int nth = 1) {
  return {Fault::Kind::interrupt_late, std::move(call), nth, 0, Fault::On::any, {}};
}
inline Fault fail(std::string call, int error, int nth = 1) {
  return {Fault::Kind::fail, std::move(call), nth, error, Fault::On::any, {}};
}
inline Fault kill_at(std::string call, int nth = 1) {
  return {Fault::Kind::kill, std::move(call), nth, 0, Fault::On::any, {}};
}
inline Fault hold_before(std::string call, int nth = 1) {
  return {Fault::Kind::hold_before, std::move(call), nth, 0, Fault::On::any, {}};
}
inline Fault hold_ahead(std::string call, int nth = 1) {
  return {Fault::Kind::hold_ahead, std::move(call), nth, 0, Fault::On::any, {}};
}
inline Fault hold_after(std::string call, int nth = 1) {
  return {Fault::Kind::hold_after, std::move(call), nth, 0, Fault::On::any, {}};
}

/// Not a fault, but done by the same means: counts every system call of the process, from the program's own
/// code on, and the bytes that they carry; those of a process that it forks for themselves. Exact, in all
/// threads. A call is counted when it is made, its bytes when it returns. Not counted: the dynamic loader's
/// calls (fault.cpp), what the C library answers without the kernel (vdso(7)), bytes through io_uring. Slow:
/// each call costs about 50 µs.
inline Fault count_calls() { return {Fault::Kind::count, "", 0, 0, Fault::On::any, {}}; }

}  // namespace ipclab::room
