// The session's network: the link between its hosts, and sockets of the check's own. The link lives on the
// event loop, so what is on its way is known without asking anybody.

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

#include "check/outcome.hpp"
#include "check/session.hpp"
#include "observe/sockets.hpp"

namespace ipclab::check {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kNetworkQuiet{
    60};  // as in observe/watch.cpp: a host may still deliver what it was given
// Hosts that answer each other at once would have every packet wait for a look at the whole tree.
constexpr microseconds kNextPacket{200};
constexpr milliseconds kBurst{3};

std::string words_for(const room::Packet& packet, const room::Fate& fate) {
  const std::string which =
      fmt::format("packet {} from {}", packet.nth, packet.from == room::Side::a ? 'a' : 'b');
  if (fate.copies == 0) return "loses " + which;
  if (fate.after_the_next) return "swaps " + which + " with the next";
  if (fate.copies > 1) return "doubles " + which;
  return "";
}

}  // namespace

void Session::lay_link() {
  try {
    room::Cable cable = room_.lay_cable();
    std::array<Fd, 2> ends{std::move(cable.hosts[0].end), std::move(cable.hosts[1].end)};
    for (room::Cable::Host& host : cable.hosts) {
      watch_->add_network(host.name, host.sock_diag.get());
      own_sockets_.push_back(std::move(host.sock_diag));
    }
    link_ = std::make_unique<room::Link>(std::move(ends), random_());
  } catch (const std::runtime_error& error) {
    outcome().skip(fmt::format("two hosts cannot be had here: {}", error.what()));
    throw CheckEnded{};
  }
  outcome().log("check", fmt::format("joins the hosts a, {}, and b, {}, by a link of its own",
                                     room::kHostAddresses[0], room::kHostAddresses[1]));
  link_follows([this](const room::Packet& packet, room::Fate& fate) {
    if (const auto found = fates_.find({packet.from, packet.nth}); found != fates_.end()) found->second(fate);
  });
}

void Session::link_follows(std::function<void(const room::Packet&, room::Fate&)> script) {
  link_->follows([script = std::move(script)](const room::Packet& packet, room::Fate& fate) {
    script(packet, fate);
    if (const std::string words = words_for(packet, fate); !words.empty()) outcome().log("link", words);
  });
}

int Session::open_socket(unsigned host, int type) {
  own_sockets_.push_back(room_.open_socket(host, AF_INET, type | SOCK_NONBLOCK));
  return own_sockets_.back().get();
}

/// True: packets have moved. Whoever they were for may be about to wake.
bool Session::pump_link() {
  if (!link_ || !link_->pump()) return false;
  const auto until = steady_clock::now() + kBurst;
  do {
    pollfd polled[] = {{link_->fd(room::Side::a), POLLIN, 0}, {link_->fd(room::Side::b), POLLIN, 0}};
    const timespec wait{0, std::chrono::nanoseconds(kNextPacket).count()};
    if (::ppoll(polled, 2, &wait, nullptr) <= 0) break;
  } while (link_->pump() && steady_clock::now() < until);
  link_moved_ = steady_clock::now();
  return true;
}

bool Session::link_rests() const {
  return !link_ || (link_->idle() && steady_clock::now() - link_moved_ > kNetworkQuiet &&
                    !observe::packets_wait_for_delivery() && link_->idle());
}

/// The event loop sleeps no longer than this.
microseconds Session::until_link_is_due(microseconds pause) const {
  const auto due = link_ ? link_->due() : std::nullopt;
  if (!due) return pause;
  const auto left = std::chrono::duration_cast<microseconds>(*due - steady_clock::now());
  return std::clamp(left, microseconds(0), pause);
}

}  // namespace ipclab::check
