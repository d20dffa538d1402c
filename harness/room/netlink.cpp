#include "room/netlink.hpp"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/syscall.hpp"
#include "room/cable.hpp"

namespace ipclab::room {
namespace {

Fd open_route(unsigned groups) {
  Fd fd(checked(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "socket(NETLINK_ROUTE)"));
  sockaddr_nl own{};
  own.nl_family = AF_NETLINK;
  own.nl_groups = groups;
  checked(::bind(fd.get(), reinterpret_cast<sockaddr*>(&own), sizeof own), "bind(NETLINK_ROUTE)");
  return fd;
}

/// RFC 2863's operational state, and not IFF_RUNNING: that is also set while the state is still unknown.
bool is_up(const nlmsghdr* header, int device) {
  const auto* link = static_cast<const ifinfomsg*>(NLMSG_DATA(header));
  if (link->ifi_index != device) return false;
  int left = static_cast<int>(NLMSG_PAYLOAD(header, sizeof *link));
  for (const rtattr* attribute = IFLA_RTA(link); RTA_OK(attribute, left);
       attribute = RTA_NEXT(attribute, left))
    if (attribute->rta_type == IFLA_OPERSTATE)
      return *static_cast<const std::uint8_t*>(RTA_DATA(attribute)) == IF_OPER_UP;
  return false;
}

/// A request that grows: a header, a body, attributes, which may hold attributes.
class Request {
 public:
  Request(std::uint16_t type, std::uint16_t flags) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = flags;
    put(header);
  }

  template <typename Value>
  void put(const Value& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
  }

  void add(std::uint16_t type, std::string_view value) {
    const std::size_t place = open(type);
    bytes_.append(value);
    close(place);
  }

  std::size_t open(std::uint16_t type) {
    const std::size_t place = bytes_.size();
    put(rtattr{0, type});
    return place;
  }

  void close(std::size_t place) {
    const auto length = static_cast<std::uint16_t>(bytes_.size() - place);
    std::memcpy(bytes_.data() + place + offsetof(rtattr, rta_len), &length, sizeof length);
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
  }

  const std::string& finished() {
    const auto length = static_cast<std::uint32_t>(bytes_.size());
    std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_len), &length, sizeof length);
    return bytes_;
  }

 private:
  std::string bytes_;
};

/// A device whose number is its peer's is not in a hurry to the kernel: it begins to run up to a second later
/// (net/core/link_watch.c, linkwatch_urgent_event). The numbers are of two namespaces, so they may be equal.
constexpr int kNearIndex = 100, kFarIndex = 200;

/// Of a request that is about a link.
ifinfomsg body_with(int index) {
  ifinfomsg body{};
  body.ifi_index = index;
  return body;
}

void describe(Request& request, const PairEnd& end) {
  std::string mac(reinterpret_cast<const char*>(kHostMac), sizeof kHostMac);
  mac.back() = static_cast<char>(end.last_of_mac);
  request.add(IFLA_IFNAME, end.name + '\0');
  request.add(IFLA_ADDRESS, mac);
  if (end.network < 0) return;
  request.add(IFLA_NET_NS_FD, {reinterpret_cast<const char*>(&end.network), sizeof end.network});
}

}  // namespace

void make_pair(const PairEnd& here, const PairEnd& there) {
  Request request(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
  request.put(body_with(kNearIndex));
  describe(request, here);
  const auto info = request.open(IFLA_LINKINFO);
  request.add(IFLA_INFO_KIND, "veth");
  const auto data = request.open(IFLA_INFO_DATA);
  const auto peer = request.open(VETH_INFO_PEER);
  request.put(body_with(kFarIndex + there.last_of_mac));  // many may be in one namespace
  describe(request, there);
  for (const auto place : {peer, data, info}) request.close(place);

  const Fd route = open_route(0);
  const std::string& bytes = request.finished();
  checked(::send(route.get(), bytes.data(), bytes.size(), 0), "send(RTM_NEWLINK)");
  alignas(nlmsghdr) char answer[4096];
  checked(::recv(route.get(), answer, sizeof answer, 0), "recv(RTM_NEWLINK)");
  nlmsgerr result{};
  std::memcpy(&result, NLMSG_DATA(reinterpret_cast<nlmsghdr*>(answer)), sizeof result);
  if (result.error == 0) return;
  errno = -result.error;
  throw_errno("a pair of virtual Ethernet devices");
}

DeviceWatch::DeviceWatch() : socket_(open_route(RTMGRP_LINK)) {
  const timeval limit{10, 0};  // an upper bound: it takes less than a millisecond
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

void DeviceWatch::await_running(int device) const {
  for (;;) {
    alignas(nlmsghdr) char buffer[32768];
    const ssize_t size =
        checked(::recv(socket_.get(), buffer, sizeof buffer, 0), "a device that does not begin to run");
    auto left = static_cast<unsigned>(size);
    for (auto* header = reinterpret_cast<nlmsghdr*>(buffer); NLMSG_OK(header, left);
         header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type != RTM_NEWLINK) continue;
      if (is_up(header, device)) return;
    }
  }
}

}  // namespace ipclab::room
