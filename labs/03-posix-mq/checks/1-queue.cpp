// The checks of lab 03-posix-mq, part 1: the name and the queue.

#include <string>

#include "queue.hpp"

namespace {

std::size_t open_descriptors(const Console& console) { return console.descriptors().size(); }

}  // namespace

TEST_CASE("open makes a queue of the size that is asked for, or opens the one that is there" * rule("S1") *
          todo(1) * points(2)) {
  Room room;
  auto alice = room.console("mailbox", "alice"), bob = room.console("mailbox", "bob");
  const int size = room.random(10, 100);
  alice.does(open_line(2, size));
  bob.does(open_line(4, 2 * size));  // it is there already: as it is
  const auto fits = room.random_text(static_cast<std::size_t>(size));
  bob.does(send_line(fits));
  bob.types(send_line(fits + "x")).must_fail("EMSGSIZE");
  bob.does(send_line(fits));
  bob.types("try_send x").must_fail("EAGAIN");
  alice.types("receive").must_return(message(fits));
  remove(alice);
}

TEST_CASE("unlink takes the name away, and a new queue of that name is empty" * rule("S2") * todo(2) *
          points(2)) {
  Room room;
  Pair pair(room);
  const auto old_text = room.random_text(), new_text = room.random_text();
  pair.alice.does(send_line(old_text));
  remove(pair.alice);
  room.must_hold({});
  auto carol = room.console("mailbox", "carol");
  carol.does(open_line());
  carol.does(send_line(new_text));
  carol.types("receive").must_return(message(new_text));
  pair.bob.types("receive").must_return(message(old_text));  // who has it open keeps it
  remove(carol);
  carol.types(fmt::format("unlink {}", kQueue)).must_fail("ENOENT");
}

TEST_CASE("a message outlives its sender" * rule("S2") * todo(5) * points(1)) {
  Room room;
  const auto text = room.random_text();
  auto alice = room.console("mailbox", "alice");
  alice.does(open_line());
  alice.does(send_line(text));
  alice.kill();
  auto bob = room.console("mailbox", "bob");
  bob.does(open_line());
  bob.types("receive").must_return(message(text));
  remove(bob);
}

TEST_CASE("close lets go of the descriptor" * rule("S1") * todo(1) * points(1)) {
  Room room;
  auto alice = room.console("mailbox", "alice");
  alice.does(open_line());  // what a program opens once and keeps is its own affair
  alice.does("close");
  const std::size_t before = open_descriptors(alice);
  for (int i = 0; i < 3; ++i) alice.does(open_line());
  alice.does("close");
  if (const std::size_t after = open_descriptors(alice); after != before)
    fails(cause::kDescriptorLeak, "after open and close there are as many descriptors as before",
          fmt::format("there are {} more", after - before));
  remove(alice);
}

TEST_CASE("the kernel shows the queue in /dev/mqueue, with the bytes that are in it" * rule("S1") * todo(4) *
          points(1)) {
  Room room;
  room.requires_namespaces("/dev/mqueue is not the room's own");
  auto alice = room.console("mailbox", "alice");
  alice.does(open_line());
  const int size = room.random(1, 4096);
  alice.does(send_line(room.random_text(static_cast<std::size_t>(size))));
  auto cat = room.start({"cat", std::string("/dev/mqueue") + kQueue});
  const std::string shown = cat.output();
  if (!shown.starts_with(fmt::format("QSIZE:{} ", size)))
    fails(cause::kMechanismNotUsed, fmt::format("cat /dev/mqueue{} shows QSIZE:{}", kQueue, size),
          shown.empty() ? "there is no such queue" : "it shows " + shown.substr(0, shown.find('\n')));
  room.start({"stat", "-c", "%a", std::string("/dev/mqueue") + kQueue})
      .must_have_printed("600\n");  // its owner's
  remove(alice);
}
