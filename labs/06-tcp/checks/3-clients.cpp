// The checks of lab 06-tcp, part 3: many clients, and their ends.

#include <string>
#include <vector>

#include "service.hpp"

TEST_CASE("a client who is silent, or has sent half a request, stops nobody" * rule("S5") * todo(2) *
          points(3)) {
  Service here;
  here.connect("silent");
  here.connect("half");
  here.send("half", "set k ");
  here.server.must_settle();
  here.connect("a");
  here.must_answer("a", "get k", "none");
  here.send("half", "v\n");
  here.receive("half").must_return("ok");
  here.must_answer("a", "get k", "value v");
  here.must_sleep();
  here.ends();
}

TEST_CASE("a client who does not read its answers stops nobody, and loses none" * rule("S5") * todo(4) *
          points(3)) {
  Service here;
  const auto value = here.set_long_value();
  constexpr int kTimes = 8;
  here.connect("slow");
  here.send("slow", here.get_long(kTimes));
  here.must_sleep();
  here.connect("a");
  here.must_answer("a", "set k v", "ok");
  here.must_sleep();
  here.must_answer("a", "get k", "value v");
  here.client.does("shut slow");
  here.client.does("receive_all slow answers");
  std::string wanted;
  for (int i = 0; i < kTimes; ++i) wanted += "value " + value + "\n";
  here.must_have_received("answers", wanted);
  here.ends();
}

TEST_CASE("a client that has said all gets every answer before the end" * rule("S6") * todo(2) * points(3)) {
  Service here;
  const auto value = here.set_long_value();
  constexpr int kTimes = 8;
  here.connect("a");
  here.send("a", here.get_long(kTimes) + "get none\nset half a line");
  here.client.does("shut a");
  here.must_sleep();  // it has seen the end, and still has answers to send
  here.client.does("receive_all a answers");
  std::string wanted;
  for (int i = 0; i < kTimes; ++i) wanted += "value " + value + "\n";
  here.must_have_received("answers", wanted + "none\n");
  here.ends();
}

TEST_CASE("two hundred clients at once are all answered, and nothing is left of them" * rule("S5") * todo(4) *
          points(3)) {
  Service here;
  here.connect("a");
  here.must_answer("a", "get none", "none");
  here.client.does("close a");
  const std::size_t before = here.server.descriptors().size();
  here.client.types(fmt::format("crowd 200 {}", here.port)).must_return("200");
  here.room.settles();
  must_have_as_many(here.server, before, "two hundred clients who have gone");
  here.room.must_have_no_zombie();
  here.ends();
}

TEST_CASE("clients that come and go without a word leave nothing" * rule("S5") * todo(3) * points(1)) {
  Service here;
  here.must_sleep();
  const std::size_t before = here.server.descriptors().size();
  for (const char* name : {"a", "b", "c"}) here.connect(name);
  here.must_sleep();
  for (const char* name : {"a", "b", "c"}) here.client.does(fmt::format("close {}", name));
  here.must_sleep();
  must_have_as_many(here.server, before, "three clients who have gone");
  here.ends();
}
