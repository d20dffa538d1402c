#include "room/cable.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>
#include <optional>

#include "base/syscall.hpp"
#include "room/mounts.hpp"
#include "room/netlink.hpp"

namespace ipclab::room {
namespace {

constexpr char kDevice[] = "link0";                          // of each host
constexpr std::array<const char*, 2> kEnds{"end1", "end2"};  // in the cable's own namespace

/// Goes back to the network namespace in which it was made.
class Return {
 public:
  Return() : home_(checked(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "open /proc/self/ns/net")) {}
  ~Return() { ::setns(home_.get(), CLONE_NEWNET); }
  Return(const Return&) = delete;
  Return& operator=(const Return&) = delete;

 private:
  Fd home_;
};

/// Enters a network namespace that is new.
Fd new_network() {
  checked(::unshare(CLONE_NEWNET), "unshare(CLONE_NEWNET)");
  return Fd(checked(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "open /proc/self/ns/net"));
}

std::string name_of_network() {
  char target[PATH_MAX];
  const ssize_t size = checked(::readlink("/proc/self/ns/net", target, sizeof target), "readlink");
  return {target, static_cast<std::size_t>(size)};
}

class Device {
 public:
  explicit Device(const char* name)
      : socket_(checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket")) {
    std::strcpy(request_.ifr_name, name);
  }

  int index() const { return static_cast<int>(::if_nametoindex(request_.ifr_name)); }

  void has_address(const char* address) {
    set_address(SIOCSIFADDR, address);
    set_address(SIOCSIFNETMASK, "255.255.255.0");
  }

  /// What leaves it is to have its checksum already: nothing on the way would fill it in.
  void computes_checksums_itself() {
    ethtool_value value{ETHTOOL_STXCSUM, 0};
    request_.ifr_data = reinterpret_cast<char*>(&value);
    ask(SIOCETHTOOL, "switch checksum offload off");
  }

  /// Without ARP it asks for no neighbour's address, and sends to its own.
  void rises() {
    request_.ifr_flags = IFF_UP | IFF_NOARP;
    ask(SIOCSIFFLAGS, "bring a device up");
  }

 private:
  void set_address(unsigned long what, const char* text) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, text, &address.sin_addr);
    std::memcpy(&request_.ifr_addr, &address, sizeof address);
    ask(what, "give a device its address");
  }

  void ask(unsigned long what, const char* step) { checked(::ioctl(socket_.get(), what, &request_), step); }

  Fd socket_;
  ifreq request_{};
};

Fd packet_socket(int device) {
  Fd fd(checked(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket(AF_PACKET)"));
  const int on = 1;
  checked(::setsockopt(fd.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on),
          "PACKET_IGNORE_OUTGOING");
  sockaddr_ll own{};
  own.sll_family = AF_PACKET;
  own.sll_protocol = htons(ETH_P_IP);
  own.sll_ifindex = device;
  checked(::bind(fd.get(), reinterpret_cast<sockaddr*>(&own), sizeof own), "bind(AF_PACKET)");
  return fd;
}

}  // namespace

Cable lay_cable() {
  const Return at_the_end;
  Cable cable;
  const Fd middle = new_network();
  const DeviceWatch ends;
  for (unsigned i = 0; i < 2; ++i) {
    Cable::Host& host = cable.hosts[i];
    host.network = new_network();
    host.name = name_of_network();
    host.sock_diag.reset(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    raise_loopback();
    make_pair({kDevice, static_cast<unsigned char>(i + 1)},
              {kEnds[i], static_cast<unsigned char>(i + 0xe0), middle.get()});
    checked(::setns(middle.get(), CLONE_NEWNET), "setns");
    Device end(kEnds[i]);
    const int end_index = end.index();
    end.rises();
    host.end = packet_socket(end_index);
    checked(::setns(host.network.get(), CLONE_NEWNET), "setns");
    const DeviceWatch watch;
    Device device(kDevice);
    device.has_address(kHostAddresses[i]);
    device.computes_checksums_itself();
    device.rises();
    watch.await_running(device.index());
    ends.await_running(end_index);
  }
  return cable;
}

Fd socket_in(int network, int domain, int type, int protocol) {
  std::optional<Return> at_the_end;
  if (network >= 0) {
    at_the_end.emplace();
    checked(::setns(network, CLONE_NEWNET), "setns");
  }
  return Fd(checked(::socket(domain, type | SOCK_CLOEXEC, protocol), "socket"));
}

}  // namespace ipclab::room
