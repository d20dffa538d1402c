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
  Fd memory(checked(::memfd_create("message", MFD_CLOEXEC), "memfd_create"));
  for (std::size_t done = 0; done < text.size();)
    done += static_cast<std::size_t>(
        checked(::write(memory.get(), text.data() + done, text.size() - done), "write"));
  return memory;
}

}  // namespace

bool send_bytes(int socket, std::string_view bytes, const std::vector<int>& fds) {
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(kMostFds * sizeof(int))] = {};
  msghdr envelope{};
  envelope.msg_iov = &part;
  envelope.msg_iovlen = 1;
  if (!fds.empty()) {
    envelope.msg_control = control;
    envelope.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&envelope);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
    std::memcpy(CMSG_DATA(header), fds.data(), fds.size() * sizeof(int));
  }
  if (retried([&] { return ::sendmsg(socket, &envelope, MSG_NOSIGNAL); }) >= 0) return true;
  if (errno == EPIPE || errno == ECONNRESET) return false;
  throw_errno("sendmsg to the room");
}

void send_message(int socket, const nlohmann::json& body, const std::vector<int>& fds) {
  std::string text;
  nlohmann::json::to_msgpack(body, text);
  std::vector<int> sent = fds;
  Fd memory;
  if (text.size() > kInline) {
    memory = memory_with(text);
    sent.push_back(memory.get());
    text = kInMemory;
  }
  if (!send_bytes(socket, text, sent))
    throw std::system_error(EPIPE, std::generic_category(), "sendmsg to the room");
}

std::optional<Message> receive_message(int socket, bool wait) {
  std::string text(kInline + 1, '\0');
  iovec part{text.data(), text.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(kMostFds * sizeof(int))];
  msghdr envelope{};
  envelope.msg_iov = &part;
  envelope.msg_iovlen = 1;
  envelope.msg_control = control;
  envelope.msg_controllen = sizeof control;
  const int flags = MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT);
  const ssize_t size = retried([&] { return ::recvmsg(socket, &envelope, flags); });
  if (size == 0) return std::nullopt;
  if (size < 0 && (errno == EAGAIN || errno == ECONNRESET)) return std::nullopt;
  checked(size, "recvmsg from the room");
  text.resize(static_cast<std::size_t>(size));
  Message message;
  for (cmsghdr* header = CMSG_FIRSTHDR(&envelope); header; header = CMSG_NXTHDR(&envelope, header)) {
    if (header->cmsg_type != SCM_RIGHTS) continue;
    const auto count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
      message.fds.emplace_back(fd);
    }
  }
  if (text == kInMemory) {
    text = read_file("/proc/self/fd/" + std::to_string(message.fds.back().get()));
    message.fds.pop_back();
  }
  message.body = nlohmann::json::from_msgpack(text);
  return message;
}

}  // namespace ipclab::room
