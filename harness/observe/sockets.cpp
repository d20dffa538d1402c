#include "observe/sockets.hpp"

#include <fmt/format.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <sstream>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/pidfd.hpp"

namespace ipclab::observe {
namespace {

/// A line of /proc/net/{tcp,udp,raw}: addresses as the hexadecimal text that they are printed in.
struct Line {
  std::string local, remote;
  unsigned port = 0, remote_port = 0, state = 0;
  std::uint64_t inode = 0, to_read = 0, unsent = 0;
};

std::vector<Line> read_lines(int pid, const char* file) {
  std::vector<Line> lines;
  std::istringstream text(try_read_file(fmt::format("/proc/{}/net/{}", pid, file)).value_or(""));
  std::string row;
  std::getline(text, row);
  while (std::getline(text, row)) {
    Line line;
    char local[64], remote[64];
    if (std::sscanf(row.c_str(), " %*d: %63[0-9A-F]:%x %63[0-9A-F]:%x %x %lx:%lx %*s %*s %*s %*s %lu", local,
                    &line.port, remote, &line.remote_port, &line.state, &line.unsent, &line.to_read,
                    &line.inode) != 8)
      continue;
    line.local = fmt::format("{}:{}", local, line.port);
    line.remote = fmt::format("{}:{}", remote, line.remote_port);
    lines.push_back(std::move(line));
  }
  return lines;
}

/// As the kernel prints it: the bytes of 127.x.x.x in the machine's order, alone or in an IPv6 address.
bool is_loopback(const std::string& end) {
  const auto colon = end.find(':');
  const std::string address = end.substr(0, colon);
  return address.size() == 8 ? address.ends_with("7F")
                             : address.ends_with("01000000") || address.ends_with("7F");
}

/// An IPv4 address in an IPv6 one (RFC 4291, 2.5.5.2) is the same end.
std::string without_mapping(const std::string& end) {
  constexpr std::string_view kMapped = "0000000000000000FFFF0000";
  return end.starts_with(kMapped) ? end.substr(kMapped.size()) : end;
}

/// Both families: one end of a connection may be an IPv6 socket and the other not.
std::vector<Line> read_tcp_lines(int pid) {
  std::vector<Line> lines;
  for (const char* file : {"tcp", "tcp6"})
    for (Line& line : read_lines(pid, file)) {
      line.local = without_mapping(line.local);
      line.remote = without_mapping(line.remote);
      lines.push_back(std::move(line));
    }
  return lines;
}

void add_udp(SocketTable& table, int pid, const char* file) {
  for (const Line& line : read_lines(pid, file))
    table[line.inode] = {ObjectKind::udp_socket,
                         line.port ? fmt::format("UDP port {}", line.port) : "UDP socket",
                         false,
                         0,
                         0,
                         line.to_read,
                         0};
}

void add_raw(SocketTable& table, int pid, const char* file) {
  for (const Line& line : read_lines(pid, file))
    table[line.inode] = {ObjectKind::raw_socket,
                         fmt::format("raw socket, protocol {}", line.port),
                         false,
                         0,
                         0,
                         line.to_read,
                         0};
}

/// Listening sockets, and the clients that wait there to be accepted.
using Queues = std::map<std::uint64_t, std::vector<std::uint32_t>>;

void take_unix(SocketTable& table, Queues& queues, const nlmsghdr* header) {
  const auto* message = static_cast<const unix_diag_msg*>(NLMSG_DATA(header));
  Socket socket;
  socket.kind = ObjectKind::unix_socket;
  socket.listening = message->udiag_state == TCP_LISTEN;
  int left = static_cast<int>(NLMSG_PAYLOAD(header, sizeof *message));
  for (const rtattr* attribute = reinterpret_cast<const rtattr*>(message + 1); RTA_OK(attribute, left);
       attribute = RTA_NEXT(attribute, left)) {
    const auto* data = static_cast<const char*>(RTA_DATA(attribute));
    const auto size = static_cast<std::size_t>(RTA_PAYLOAD(attribute));
    if (attribute->rta_type == UNIX_DIAG_NAME && size) {
      std::string name(data, size);
      if (name[0] == 0) name[0] = '@';
      socket.name = "socket " + std::string(name.c_str());
    } else if (attribute->rta_type == UNIX_DIAG_PEER) {
      std::uint32_t peer = 0;
      std::memcpy(&peer, data, sizeof peer);
      socket.peer = peer;
    } else if (attribute->rta_type == UNIX_DIAG_ICONS) {
      auto& clients = queues[message->udiag_ino];
      clients.resize(size / sizeof(std::uint32_t));
      std::memcpy(clients.data(), data, clients.size() * sizeof(std::uint32_t));
    } else if (attribute->rta_type == UNIX_DIAG_RQLEN && !socket.listening) {
      unix_diag_rqlen lengths{};
      std::memcpy(&lengths, data, sizeof lengths);
      socket.to_read = lengths.udiag_rqueue;
    }
  }
  table[message->udiag_ino] = std::move(socket);
}

void add_unix(SocketTable& table, Queues& queues, int diag) {
  struct {
    nlmsghdr header;
    unix_diag_req request;
  } query{};
  query.header.nlmsg_len = sizeof query;
  query.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  query.request.sdiag_family = AF_UNIX;
  query.request.udiag_states = ~0u;
  query.request.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN | UDIAG_SHOW_ICONS;
  if (::send(diag, &query, sizeof query, 0) < 0) return;
  alignas(nlmsghdr) char buffer[32768];
  for (;;) {
    const ssize_t size = ::recv(diag, buffer, sizeof buffer, 0);
    if (size <= 0) return;
    auto left = static_cast<unsigned>(size);
    for (auto* header = reinterpret_cast<nlmsghdr*>(buffer); NLMSG_OK(header, left);
         header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) return;
      take_unix(table, queues, header);
    }
  }
}

/// A peer is shown to the side that knows it; a connection accepted on a named socket has no name of its own.
void complete_unix(SocketTable& table, const Queues& queues) {
  std::map<std::uint64_t, std::string> names;    // by what the table says now, whichever end comes first
  std::map<std::uint64_t, std::uint64_t> peers;  // … of those that do not know it themselves
  for (const auto& [inode, socket] : table) {
    if (socket.kind != ObjectKind::unix_socket || !socket.peer) continue;
    const auto peer = table.find(socket.peer);
    if (peer == table.end()) continue;
    if (!peer->second.peer) peers[socket.peer] = inode;
    if (!socket.name.empty() && !socket.listening) names[inode] = "connection of " + socket.name;
    else if (socket.name.empty() && !peer->second.name.empty())
      names[inode] = "connection to " + peer->second.name;
  }
  for (auto& [inode, name] : names) table[inode].name = std::move(name);
  for (const auto& [inode, peer] : peers) table[inode].peer = peer;
  for (const auto& [listener, clients] : queues)
    for (const std::uint32_t client : clients) {
      const auto waiting = table.find(client);
      if (waiting == table.end()) continue;
      waiting->second.listener = listener;
      if (waiting->second.name.empty()) waiting->second.name = "connection to " + table[listener].name;
    }
}

}  // namespace

/// A line per CPU of hexadecimal numbers; the twelfth is the length of its backlog (net/core/net-procfs.c).
bool packets_wait_for_delivery() {
  constexpr int kBacklog = 12;
  std::istringstream lines(try_read_file("/proc/net/softnet_stat").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream numbers(line);
    unsigned long number = 0;
    int column = 0;
    while (column < kBacklog && numbers >> std::hex >> number) ++column;
    if (column == kBacklog && number != 0) return true;
  }
  return false;
}

std::optional<double> socket_time_out(int pid, int fd, bool writing) {
  const Fd process = open_pidfd(pid);
  if (!process) return std::nullopt;
  const Fd socket(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), fd, 0)));
  timeval time{};
  socklen_t size = sizeof time;
  const int option = writing ? SO_SNDTIMEO : SO_RCVTIMEO;
  if (!socket || ::getsockopt(socket.get(), SOL_SOCKET, option, &time, &size) != 0) return std::nullopt;
  if (time.tv_sec == 0 && time.tv_usec == 0) return std::nullopt;  // for ever
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void add_tcp_sockets(SocketTable& table, int pid) {
  const auto lines = read_tcp_lines(pid);
  std::map<std::string, std::uint64_t> by_ends;
  std::map<unsigned, std::uint64_t> served;  // ports that somebody listens on: by which socket
  std::map<std::string, unsigned> pending;   // established, and in no process yet: its port
  for (const Line& line : lines) {
    by_ends[line.local + " " + line.remote] = line.inode;
    if (line.state == TCP_LISTEN) served[line.port] = line.inode;
    if (!line.inode && (line.state == TCP_ESTABLISHED || line.state == TCP_CLOSE_WAIT))
      pending[line.local + " " + line.remote] = line.port;
  }
  for (const Line& line : lines) {
    Socket socket{ObjectKind::tcp_socket, "", line.state == TCP_LISTEN, 0, 0, line.to_read, line.unsent};
    if (socket.listening) {
      socket.name = fmt::format("TCP port {}", line.port);
      socket.to_read = socket.unsent = 0;  // for a listener these are connections and the backlog
    } else if (served.contains(line.port)) {
      socket.name = fmt::format("connection of TCP port {}", line.port);
    } else if (line.remote_port) {
      socket.name = fmt::format("connection to TCP port {}", line.remote_port);
    }
    socket.connecting = line.state == TCP_SYN_SENT;
    if (line.remote_port && !is_loopback(line.remote)) {
      socket.local = line.local;
      socket.remote = line.remote;
    }
    if (const auto peer = by_ends.find(line.remote + " " + line.local); peer != by_ends.end())
      socket.peer = peer->second;
    if (const auto queued = pending.find(line.remote + " " + line.local);
        queued != pending.end() && served.contains(queued->second))
      socket.listener = served[queued->second];
    table[line.inode] = std::move(socket);
  }
  for (const auto& [ends, port] : pending)
    if (served.contains(port)) table[served[port]].queued.push_back(ends);
}

SocketTable read_sockets_but_tcp(int pid, int diag) {
  SocketTable table;
  for (const char* file : {"udp", "udp6"}) add_udp(table, pid, file);
  for (const char* file : {"raw", "raw6", "icmp"}) add_raw(table, pid, file);
  Queues queues;
  if (diag >= 0) {
    add_unix(table, queues, diag);
  } else if (const Fd own(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)); own) {
    add_unix(table, queues, own.get());
  }
  complete_unix(table, queues);
  return table;
}

}  // namespace ipclab::observe
