// The checks of lab 04-sysv-mq, part 2: messages and selectors.

#include <cerrno>
#include <limits>
#include <string>
#include <vector>

#include "desk.hpp"

TEST_CASE("the kernel counts each message once, and the bytes of its text only" * rule("S3") * todo(2) *
          points(2)) {
  Room room;
  const Pair pair(room);
  const int sizes[] = {room.random(1, 2000), room.random(1, 2000), 0};
  for (const int size : sizes)
    pair.alice.does(send_line(3, room.random_text(static_cast<std::size_t>(size))));
  const Listed queue = must_be_listed(room, key_of(room, kPath), "after three messages");
  const std::string wanted = std::to_string(sizes[0] + sizes[1]);
  if (queue.messages != "3" || queue.bytes != wanted)
    fails(cause::kWrongOutput, fmt::format("ipcs -q shows 3 messages of together {} bytes", wanted),
          fmt::format("it shows {} of {} bytes", queue.messages, queue.bytes));
  pair.close();
}

TEST_CASE("a message arrives whole, whatever bytes it has, also none" * rule("S3") * todo(3) * points(3)) {
  Room room;
  const Pair pair(room);
  for (const int size : {0, 1, 100, 4096, kLongest}) {
    const auto bytes = room.random_bytes(static_cast<std::size_t>(size));
    const long type = room.random(1, 1 << 30);
    pair.alice.does(send_line(type, bytes));
    pair.bob.types("receive 0").must_return(message(type, bytes));
  }
  const std::string zeros("a\0b\0\0", 5);
  pair.alice.does(send_line(1, zeros));
  pair.bob.types("receive 0").must_return(message(1, zeros));
  pair.close();
}

TEST_CASE("a type may be as large as a long" * rule("S3") * todo(2) * points(1)) {
  constexpr long kBeyond = 1L << 32;  // an int would keep only what is above it
  Room room;
  const Pair pair(room);
  const long low = room.random(2, 1000);
  const auto text = room.random_text(), largest = room.random_text();
  for (const long selector : {kBeyond + low, -(kBeyond + low)}) {
    pair.alice.does(send_line(kBeyond + low, text));
    for (const long other : {low, -low, -(1L << 31)})
      pair.bob.types(fmt::format("try_receive {}", other)).must_fail("ENOMSG");
    pair.bob.types(fmt::format("try_receive {}", selector)).must_return(message(kBeyond + low, text));
  }
  pair.alice.does(send_line(std::numeric_limits<long>::max(), largest));
  pair.bob.types("receive 0").must_return(message(std::numeric_limits<long>::max(), largest));
  pair.close();
}

TEST_CASE("what cannot be sent is refused, and the desk goes on" * rule("S3") * todo(2) * points(1)) {
  Room room;
  const Pair pair(room);
  pair.alice.types(send_line(0, "x")).must_fail("EINVAL");
  pair.alice.types(send_line(-3, "x")).must_fail("EINVAL");
  pair.alice.types(send_line(1, room.random_text(kLongest + 1))).must_fail("EINVAL");
  pair.alice.does(send_line(1, "y"));
  const Listed queue = must_be_listed(room, key_of(room, kPath), "after all");
  if (queue.messages != "1")
    fails(cause::kWrongOutput, "one message is in the queue", fmt::format("there are {}", queue.messages));
  pair.close();
}

TEST_CASE("selector 0 takes the oldest, a type the oldest of it, below 0 the lowest type first" * rule("S4") *
          todo(3) * points(3)) {
  Room room;
  const Pair pair(room);
  struct Sent {
    long type;
    std::string text;
  };
  std::vector<Sent> queue;
  for (int i = 0; i < 24; ++i) {
    queue.push_back({room.random(1, 4), room.random_text()});
    pair.alice.does(send_line(queue.back().type, queue.back().text));
  }
  const auto take = [&](long selector, auto wanted) {
    pair.bob.types(fmt::format("try_receive {}", selector))
        .must_return(wanted == queue.end() ? "" : message(wanted->type, wanted->text));
    queue.erase(wanted);
  };
  for (int i = 0; i < 6; ++i) take(0, queue.begin());
  for (int i = 0; i < 6; ++i) {
    const long type =
        queue[static_cast<std::size_t>(room.random(0, static_cast<int>(queue.size()) - 1))].type;
    take(type, std::ranges::find(queue, type, &Sent::type));
  }
  while (!queue.empty()) {
    // One that is there, or lower than it: a negative selector is a limit.
    const long limit = std::ranges::min_element(queue, {}, &Sent::type)->type + room.random(0, 2);
    take(-limit, std::ranges::min_element(queue, {}, &Sent::type));
  }
  pair.close();
}

TEST_CASE("who asks for no bytes gets an empty text, and no other unless it is cut" * rule("S5") * todo(3) *
          points(1)) {
  Room room;
  const Pair pair(room);
  pair.alice.does(send_line(2, ""));
  pair.bob.types("receive_most 0 2").must_return(message(2, ""));
  pair.alice.does(send_line(2, room.random_text(1)));
  pair.bob.types("receive_most 0 2").must_fail("E2BIG");
  pair.bob.types("receive_cut 0 2").must_return(message(2, ""));
  pair.bob.types("try_receive 2").must_fail("ENOMSG");
  pair.close();
}

TEST_CASE("a text that is longer than asked for stays in the queue, or is cut" * rule("S5") * todo(3) *
          points(2)) {
  Room room;
  const Pair pair(room);
  const int size = room.random(20, 1000);
  const auto text = room.random_text(static_cast<std::size_t>(size)), next = room.random_text();
  pair.alice.does(send_line(2, text));
  pair.alice.does(send_line(2, next));
  pair.bob.types(fmt::format("receive_most {} 2", size - 1)).must_fail("E2BIG");
  pair.bob.types(fmt::format("receive_most {} 2", size)).must_return(message(2, text));
  pair.alice.does(send_line(7, text));
  pair.bob.types(fmt::format("receive_cut {} 7", size / 2))
      .must_return(message(7, text.substr(0, static_cast<std::size_t>(size / 2))));
  pair.bob.types("try_receive 7").must_fail("ENOMSG");  // the rest is lost
  pair.bob.types("receive_cut 1000 0").must_return(message(2, next));
  pair.close();
}
