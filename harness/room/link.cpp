#include "room/link.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>

#include "base/syscall.hpp"
#include "room/cable.hpp"

namespace ipclab::room {
namespace {

constexpr std::size_t kLongestFrame = 65536;

unsigned index(Side side) { return static_cast<unsigned>(side); }

unsigned byte_at(const std::string& bytes, std::size_t place) {
  return place < bytes.size() ? static_cast<unsigned char>(bytes[place]) : 0;
}

std::size_t header_size(const std::string& packet) { return std::size_t{byte_at(packet, 0) & 0x0f} * 4; }

}  // namespace

int Packet::protocol() const {
  const bool whole = bytes.size() >= 20 && byte_at(bytes, 0) >> 4 == 4 && header_size(bytes) <= bytes.size();
  return whole ? static_cast<int>(byte_at(bytes, 9)) : -1;
}

std::string Packet::payload() const { return protocol() < 0 ? "" : bytes.substr(header_size(bytes)); }

Link::Link(std::array<Fd, 2> ends, std::uint64_t seed) : ends_(std::move(ends)), seed_(seed) {}

Fate Link::chance(const Packet& packet) const {
  const auto nth = static_cast<std::uint32_t>(packet.nth);
  std::seed_seq words{static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32),
                      static_cast<std::uint32_t>(index(packet.from)), nth};
  std::mt19937 random(words);
  const auto happens = [&](double probability) {
    return std::uniform_real_distribution(0.0, 1.0)(random) < probability;
  };
  Fate fate;
  if (happens(quality_.lost)) fate.copies = 0;
  if (happens(quality_.doubled)) fate.copies *= 2;
  fate.after_the_next = happens(quality_.swapped);
  return fate;
}

bool Link::take(Side from) {
  std::string frame(kLongestFrame, '\0');
  const ssize_t size = ::recv(fd(from), frame.data(), frame.size(), MSG_DONTWAIT);
  if (size < 0) return errno == EINTR;  // EAGAIN; ENETDOWN: the room has ended
  frame.resize(static_cast<std::size_t>(size));
  accept({from, ++counts_[index(from)], frame.substr(std::min<std::size_t>(frame.size(), ETH_HLEN))});
  return true;
}

void Link::accept(Packet packet) {
  const Side to = other(packet.from);
  Fate fate = chance(packet);
  if (script_) script_(packet, fate);
  const auto due = Clock::now() + quality_.delay + fate.late;
  std::optional<Swapped>& held = swapped_[index(packet.from)];
  if (fate.copies > 0 && fate.after_the_next && !held) {
    held = Swapped{due + kSwapLimit, packet.bytes, fate.copies};
  } else {
    queue(due, to, packet.bytes, fate.copies);
    if (held) queue(due, to, held->bytes, held->copies);
    held.reset();
  }
  seen_.push_back(std::move(packet));
}

void Link::queue(Clock::time_point due, Side to, const std::string& bytes, int copies) {
  const auto place =
      std::ranges::upper_bound(waiting_, due, {}, [](const Waiting& waiting) { return waiting.due; });
  waiting_.insert(place, static_cast<std::size_t>(copies), Waiting{due, to, bytes});
}

void Link::put(Side to, std::string packet) { queue(Clock::now() + quality_.delay, to, packet, 1); }

void Link::send(Side to, const std::string& bytes) {
  ethhdr header{};
  std::memcpy(header.h_dest, kHostMac, sizeof header.h_dest);
  header.h_dest[5] = static_cast<unsigned char>(index(to) + 1);
  header.h_source[0] = 2;
  header.h_proto = htons(ETH_P_IP);
  std::string frame(reinterpret_cast<const char*>(&header), sizeof header);
  frame += bytes;
  if (retried([&] { return ::send(fd(to), frame.data(), frame.size(), 0); }) >= 0) return;
  if (errno != ENETDOWN && errno != ENXIO) throw_errno("send a packet to a host");  // its room has ended
}

bool Link::pump() {
  bool moved = false;
  for (const Side side : {Side::a, Side::b})
    while (take(side)) moved = true;
  const auto now = Clock::now();
  for (const Side side : {Side::a, Side::b})
    if (auto& held = swapped_[index(side)]; held && held->until <= now) {
      queue(now, other(side), held->bytes, held->copies);
      held.reset();
    }
  while (!waiting_.empty() && waiting_.front().due <= now) {
    const Waiting next = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    send(next.to, next.bytes);
    moved = true;
  }
  return moved;
}

std::optional<Link::Clock::time_point> Link::due() const {
  std::optional<Clock::time_point> earliest;
  if (!waiting_.empty()) earliest = waiting_.front().due;
  for (const auto& held : swapped_)
    if (held && (!earliest || held->until < *earliest)) earliest = held->until;
  return earliest;
}

bool Link::idle() const {
  pollfd polled[] = {{fd(Side::a), POLLIN, 0}, {fd(Side::b), POLLIN, 0}};
  ::poll(polled, 2, 0);
  return !due() && !((polled[0].revents | polled[1].revents) & POLLIN);
}

}  // namespace ipclab::room
