// Two hosts joined by a cable: two network namespaces, each with a loopback, a device `link0` and an address
// of its own, and between them nothing but two packet sockets. Whoever has these is the cable: what a host
// sends is read from its end, what is written to an end arrives at its host, and nothing passes by itself
// (link.hpp makes a link of it).
//
// Called by init in its room; needs CAP_SYS_ADMIN and CAP_NET_ADMIN in the room's user namespace, which is to
// say no privilege of the machine. The namespaces live as long as a descriptor or a process of theirs.
// Sources: veth(4), packet(7), rtnetlink(7), network_namespaces(7).
#pragma once

#include <array>
#include <string>

#include "base/fd.hpp"

namespace ipclab::room {

/// Of the documentation's own network (RFC 5737): no machine has them.
inline constexpr std::array<const char*, 2> kHostAddresses{"192.0.2.1", "192.0.2.2"};
/// The Ethernet addresses of the hosts differ in the last byte: 1 and 2.
inline constexpr unsigned char kHostMac[6] = {2, 0, 0, 0, 0, 0};

struct Cable {
  struct Host {
    Fd network;        // its namespace, for setns(2)
    std::string name;  // … as /proc/PID/ns/net shows it
    Fd sock_diag;      // see Room::sock_diag()
    Fd end;            // a packet socket (SOCK_RAW, IPv4 only), non-blocking
  };
  std::array<Host, 2> hosts;
};

/// Throws std::system_error that names the step that was refused. The caller is in its own network namespace
/// again when it returns, and when it throws.
Cable lay_cable();

/// socket(2) in a network namespace (-1: the caller's). As above; the socket is close-on-exec.
Fd socket_in(int network, int domain, int type, int protocol);

}  // namespace ipclab::room
