// A program to start, on its way from the check to init: both ends of it.
#pragma once

#include <nlohmann/json.hpp>

#include "room/launch.hpp"
#include "room/wire.hpp"

namespace ipclab::room {

/// The request; its descriptors travel beside it, in the order of Order::fds.
nlohmann::json request_of(const Launch& launch);

/// … as it arrived. Takes the message's descriptors.
Order order_from(Message& message);

}  // namespace ipclab::room
