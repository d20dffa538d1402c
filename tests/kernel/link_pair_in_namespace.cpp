// Facts that room/cable.hpp stands on: without any privilege of the machine, a new user and network namespace
// may have a pair of virtual Ethernet devices and a packet socket at one end; a device without ARP sends to
// nobody's address but its own; and what leaves it has whole checksums only when checksum offload is off.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>

namespace {

constexpr int kHolds = 0, kDiffers = 1, kCannotBeTried = 77;

/// "veth" without names: the kernel calls them veth0 and veth1.
bool make_pair() {
  struct {
    nlmsghdr header;
    ifinfomsg body;
    rtattr info, kind;
    char name[4];
  } message{};
  message.header = {sizeof message, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK, 0, 0};
  message.info = {sizeof message.info + sizeof message.kind + 4, IFLA_LINKINFO};
  message.kind = {sizeof message.kind + 4, IFLA_INFO_KIND};
  std::memcpy(message.name, "veth", 4);
  const int route = ::socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  struct {
    nlmsghdr header;
    nlmsgerr result;
    char rest[512];
  } answer{};
  return ::send(route, &message, sizeof message, 0) > 0 && ::recv(route, &answer, sizeof answer, 0) > 0 &&
         answer.result.error == 0;
}

bool ask(const char* device, unsigned long what, auto fill) {
  ifreq request{};
  std::strcpy(request.ifr_name, device);
  fill(request);
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  const bool done = ::ioctl(socket, what, &request) == 0;
  ::close(socket);
  return done;
}

bool offload(bool on) {
  ethtool_value value{ETHTOOL_STXCSUM, on};
  return ask("veth0", SIOCETHTOOL,
             [&](ifreq& request) { request.ifr_data = reinterpret_cast<char*>(&value); });
}

void write_map(const char* file, const std::string& text) {
  const int fd = ::open(file, O_WRONLY);
  [[maybe_unused]] const ssize_t written = ::write(fd, text.data(), text.size());
  ::close(fd);
}

unsigned sum_of(const unsigned char* bytes, std::size_t size) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += i % 2 ? bytes[i] : unsigned{bytes[i]} << 8;
  return sum;
}

/// Sends a datagram from veth0 and takes it at veth1. 1: its UDP checksum is right, 0: it is not, -1: lost.
int checksum_is_right(int from, int at) {
  const sockaddr_in to{AF_INET, htons(9), {::inet_addr("192.0.2.9")}, {}};
  if (::sendto(from, "four", 4, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 4) return -1;
  pollfd polled{at, POLLIN, 0};
  if (::poll(&polled, 1, 5000) != 1) return -1;
  unsigned char frame[2048];
  const ssize_t size = ::recv(at, frame, sizeof frame, 0);
  if (size != ETH_HLEN + 20 + 8 + 4) return -1;
  if (std::memcmp(frame, frame + 6, 6) != 0) return -1;  // its own address is where it goes
  const unsigned char* ip = frame + ETH_HLEN;
  unsigned sum = sum_of(ip + 12, 8) + 17 + 12 + sum_of(ip + 20, 12);  // pseudo header, datagram
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

}  // namespace

int main() {
  const std::string uid = std::to_string(::geteuid()), gid = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return kCannotBeTried;
  write_map("/proc/self/setgroups", "deny");
  write_map("/proc/self/uid_map", "0 " + uid + " 1");
  write_map("/proc/self/gid_map", "0 " + gid + " 1");
  if (!make_pair()) return kCannotBeTried;
  const auto up = [](ifreq& request) { request.ifr_flags = IFF_UP | IFF_NOARP; };
  const auto address = [](ifreq& request) {
    const sockaddr_in own{AF_INET, 0, {::inet_addr("192.0.2.1")}, {}};
    std::memcpy(&request.ifr_addr, &own, sizeof own);
  };
  if (!ask("veth1", SIOCSIFFLAGS, up) || !ask("veth0", SIOCSIFADDR, address) ||
      !ask("veth0", SIOCSIFFLAGS, up))
    return kDiffers;
  const int end = ::socket(AF_PACKET, SOCK_RAW, 0);
  sockaddr_ll at{};
  at.sll_family = AF_PACKET;
  at.sll_protocol = htons(ETH_P_IP);
  at.sll_ifindex = static_cast<int>(::if_nametoindex("veth1"));
  if (::bind(end, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) return kDiffers;
  const int from = ::socket(AF_INET, SOCK_DGRAM, 0);
  const bool with = offload(true) && checksum_is_right(from, end) == 0;
  const bool without = offload(false) && checksum_is_right(from, end) == 1;
  std::printf("with offload incomplete: %d, without whole: %d\n", with, without);
  return with && without ? kHolds : kDiffers;
}
