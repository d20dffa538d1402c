#include "room/wire.hpp"

#include <sys/mman.h>
#include <sys/socket.h>

#include <cstring>
#include <string>

#include "base/file.hpp"
#include "base/syscall.hpp"

namespace ipclab::room {
namespace {

constexpr std::size_t kMostFds = 64;
constexpr std::size_t kInline = 32768;  // a larger document (a long argv) travels in a memfd
constexpr char kInMemory[] = "in memory";

Fd memory_with(const std::string& text) {
  Fd memory(checked(::memfd_create("packet", MFD_CLOEXEC), "memfd_create"));
  for (std::size_t done = 0; done < text.size();)
    done += static_cast<std::size_t>(
        checked(::write(memory.get(), text.data() + done, text.size() - done), "write"));
  return memory;
}

}  // namespace

void send_packet(int socket, const nlohmann::json& body, const std::vector<int>& fds) {
  std::string text;
  nlohmann::json::to_msgpack(body, text);
  std::vector<int> sent = fds;
  Fd memory;
  if (text.size() > kInline) {
    memory = memory_with(text);
    sent.push_back(memory.get());
    text = kInMemory;
  }
  iovec part{text.data(), text.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(kMostFds * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!sent.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sent.size() * sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sent.size() * sizeof(int));
    std::memcpy(CMSG_DATA(header), sent.data(), sent.size() * sizeof(int));
  }
  checked(retried([&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL); }), "sendmsg to the room");
}

std::optional<Packet> receive_packet(int socket, bool wait) {
  std::string text(kInline + 1, '\0');
  iovec part{text.data(), text.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(kMostFds * sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const int flags = MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT);
  const ssize_t size = retried([&] { return ::recvmsg(socket, &message, flags); });
  if (size == 0) return std::nullopt;
  if (size < 0 && (errno == EAGAIN || errno == ECONNRESET)) return std::nullopt;
  checked(size, "recvmsg from the room");
  text.resize(static_cast<std::size_t>(size));
  Packet packet;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_type != SCM_RIGHTS) continue;
    const auto count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
      packet.fds.emplace_back(fd);
    }
  }
  if (text == kInMemory) {
    text = read_file("/proc/self/fd/" + std::to_string(packet.fds.back().get()));
    packet.fds.pop_back();
  }
  packet.body = nlohmann::json::from_msgpack(text);
  return packet;
}

}  // namespace ipclab::room
