// Messages between a room and its init: a document and descriptors, over a SOCK_SEQPACKET socket pair
// (unix(7)). The document travels as MessagePack, whose strings may be any bytes, as arguments may.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "base/fd.hpp"

namespace ipclab::room {

struct Message {
  nlohmann::json body;
  std::vector<Fd> fds;
};

/// One packet of any bytes; false: the other end is closed. Throws std::system_error.
bool send_bytes(int socket, std::string_view bytes, const std::vector<int>& fds);

/// Waits while the socket is full. The descriptors stay the caller's. Throws std::system_error.
void send_message(int socket, const nlohmann::json& body, const std::vector<int>& fds = {});

/// Nothing at end-of-file, and, with `wait` false, when there is no message now. Throws std::system_error.
std::optional<Message> receive_message(int socket, bool wait = true);

}  // namespace ipclab::room
