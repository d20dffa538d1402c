// The checks of lab 15-ring. Two consoles share a ring: one puts, one gets. Where a ring begins to count is
// the check's choice, so that counts wrap after a few items; system calls are counted by the room's tracer.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "check/check.hpp"

using namespace ipclab;
using namespace ipclab::check;

inline constexpr char kRing[] = "/ring";

/// A ring, who puts, and who gets.
struct Pair {
  Console producer, consumer;
  std::string name;

  Reply put(const std::string& text) const {
    return producer.types(fmt::format("put {} {}", name, word(text)));
  }
  Reply try_put(const std::string& text) const {
    return producer.types(fmt::format("try_put {} {}", name, word(text)));
  }
  Reply get() const { return consumer.types("get " + name); }
  Reply try_get() const { return consumer.types("try_get " + name); }
  Reply send(int count, int first = 0) const {
    return producer.types(fmt::format("send {} {} {}", name, count, first));
  }
  Reply receive(int count, int first = 0) const {
    return consumer.types(fmt::format("receive {} {} {}", name, count, first));
  }
  /// Neither may sleep.
  void passes(int count, int first = 0) const {
    send(count, first).must_return();
    receive(count, first).must_return();
  }
  void makes(const std::string& ring, int capacity, std::uint64_t start = 0) {
    name = ring;
    producer.does(fmt::format("create {} {} {}", name, capacity, start));
    consumer.does("open " + name);
  }
  void remove() const { producer.does("remove " + name); }
};

inline Pair pair(Room& room, std::vector<Fault> producer = {}, std::vector<Fault> consumer = {}) {
  Pair pair;
  pair.producer = room.console("ring", "producer", std::move(producer));
  pair.consumer = room.console("ring", "consumer", std::move(consumer));
  return pair;
}

inline Pair ring(Room& room, int capacity, std::uint64_t start = 0) {
  Pair made = pair(room);
  made.makes(kRing, capacity, start);
  return made;
}

inline std::vector<std::string> texts(Room& room, int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i)
    all.push_back(room.random_text(static_cast<std::size_t>(room.random(1, 60))));
  return all;
}

/// Whoever is held at a futex call is let go as soon as the other has come to rest.
inline void slowly(const Console& held, const Console& other, const Reply& reply) {
  for (held.must_settle(); !reply.has_returned() && held.is_held(); held.must_settle()) {
    other.must_settle();
    held.goes_on();
  }
}
