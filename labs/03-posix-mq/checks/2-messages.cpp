// The checks of lab 03-posix-mq, part 2: messages.

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "queue.hpp"

TEST_CASE("a message arrives whole, whatever bytes it has, also none" * rule("S3") * todo(5) * points(3)) {
  Room room;
  Pair pair(room);
  for (const std::size_t size : {0, 1, 100, 4096, 8192}) {
    const auto bytes = room.random_bytes(size);
    pair.alice.does(send_line(bytes));
    pair.bob.types("receive").must_return(message(bytes));
  }
  const std::string zeros("a\0b\0\0", 5);
  pair.alice.does(send_line(zeros));
  pair.bob.types("receive").must_return(message(zeros));
  remove(pair.alice);
}

TEST_CASE("each receive takes one message, never a part and never two" * rule("S3") * todo(5) * points(1)) {
  Room room;
  Pair pair(room);
  std::vector<std::string> texts;
  for (int i = 0; i < 3; ++i)
    texts.push_back(room.random_text(static_cast<std::size_t>(room.random(1, 3000))));
  for (const auto& text : texts) pair.alice.does(send_line(text));
  for (const auto& text : texts) pair.bob.types("receive").must_return(message(text));
  pair.bob.types("try_receive").must_fail("EAGAIN");
  remove(pair.alice);
}

TEST_CASE("the highest priority comes first, and within one the oldest" * rule("S4") * todo(4) * points(3)) {
  Room room;
  Pair pair(room, 10, 100);
  struct Sent {
    std::string text;
    int priority;
  };
  std::vector<Sent> sent;
  for (int i = 0; i < 7; ++i) sent.push_back({room.random_text(), room.random(0, 3)});
  sent.push_back(
      {room.random_text(), 32767});  // the highest that there is on Linux: sysconf(_SC_MQ_PRIO_MAX) - 1
  sent.push_back({room.random_text(), 0});
  sent.push_back({room.random_text(), 1});
  for (const Sent& one : sent) pair.alice.does(send_line(one.text, one.priority));
  std::ranges::stable_sort(sent, std::greater<>(), &Sent::priority);
  for (const Sent& one : sent) pair.bob.types("receive").must_return(message(one.text, one.priority));
  remove(pair.alice);
}

TEST_CASE("a message that is longer than the queue takes is refused, and the mailbox goes on" * rule("S3") *
          todo(4) * points(1)) {
  Room room;
  Pair pair(room, 4, 64);
  const auto text = room.random_text(64);
  pair.alice.types(send_line(text + "x")).must_fail("EMSGSIZE");
  pair.alice.does(send_line(text));
  pair.bob.types("receive").must_return(message(text));
  remove(pair.alice);
}
