// What is said over a zygote's socket (SOCK_SEQPACKET, unix(7)). The request: descriptors (SCM_RIGHTS), and
// for each but the last the number that it is to have, as an int. The answer: the new process's number, a
// pid_t. It is a child of whoever adopts orphans there, in a session of its own, and goes on when it can read
// a byte from the last descriptor; at end-of-file it ends.
#pragma once

namespace ipclab::race {

inline constexpr char kZygoteVariable[] = "IPCLAB_ZYGOTE";  // environment: the socket's descriptor
inline constexpr unsigned kMostZygoteFds = 16;

}  // namespace ipclab::race
