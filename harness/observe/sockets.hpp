// The sockets of a network namespace: who is connected with whom (sock_diag(7), proc_net(5)).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/snapshot.hpp"

namespace ipclab::observe {

struct Socket {
  ObjectKind kind = ObjectKind::other;
  std::string name;  // "TCP port 8080", "connection to TCP port 8080", "socket /tmp/s"; empty: has no name
  bool listening = false;
  std::uint64_t peer = 0;      // inode of the other end; 0: none
  std::uint64_t listener = 0;  // no other end yet, nobody has accepted it: inode of the socket it waits at
  std::uint64_t to_read = 0;   // bytes that have arrived and have not been read
  std::uint64_t unsent = 0;    // bytes on their way to the other end
  bool connecting = false;     // TCP: the kernel goes on asking until somebody answers, or it gives up
  /// TCP: both ends as the kernel prints them; empty: not connected, or only with the own host.
  std::string local{}, remote{};
  /// TCP: the ends, "local remote", of connections that wait here to be accepted.
  std::vector<std::string> queued{};
};

using SocketTable = std::map<std::uint64_t, Socket>;  // by inode

/// Of the network namespace that process `pid` is in. `diag` is a NETLINK_SOCK_DIAG socket of that namespace,
/// or -1 to make one in our own. What cannot be read is left out.
SocketTable read_sockets_but_tcp(int pid, int diag);
/// TCP's are read apart because it is slow: the kernel walks through a table that is as large as the
/// machine's memory allows, several milliseconds, even when there is no such socket.
void add_tcp_sockets(SocketTable& table, int pid);

/// Packets that a device has handed to the kernel and that have not come to their sockets yet, on any CPU of
/// the machine. On a busy one they may lie there for a long time: a thread of the kernel that has to wait its
/// turn takes them on. Where the kernel does not tell (before 5.10): false.
bool packets_wait_for_delivery();

/// SO_RCVTIMEO, or with `writing` SO_SNDTIMEO, of a socket that a process has open: in seconds; nothing when
/// there is none, or when we may not look. It stands nowhere in /proc: the socket is duplicated for a moment
/// (pidfd_getfd(2)), so this is only for one in which a thread of that process is asleep.
std::optional<double> socket_time_out(int pid, int fd, bool writing);

}  // namespace ipclab::observe
