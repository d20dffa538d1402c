// The checks of lab 06-tcp, part 5: another machine, and clients that nobody here wrote.

#include <chrono>
#include <string>
#include <vector>

#include "service.hpp"

TEST_CASE("a client on another machine is served, though packets take their time and some are lost" *
          rule("S5") * todo(4) * points(3)) {
  Room room(roomy());
  Link link(room, {.delay = std::chrono::milliseconds(20)});
  const int port = room.random_port();
  auto server = link.b().start({"kv", std::to_string(port)}, "server");
  server.must_block(on(fmt::format("TCP port {}", port)));
  link.loses(Side::a, 4);
  auto far = link.a().console("talk", "far"), near = link.b().console("talk", "near");
  const auto value = room.random_text(60000);
  room.write_file("requests", "set k " + value + "\nget k\nset l 1\nget k");
  room.keeps("requests");
  far.does(fmt::format("connect a {} {}", port, link.b().address()));
  near.does(fmt::format("connect b {}", port));
  far.does("send_file a requests");
  far.types("receive a").must_return("ok");
  far.types("receive_file a value").must_return();
  room.keeps("value");
  if (room.read_file("value") != "value " + value)
    fails(cause::kWrongOutput, "the value arrives whole on the other machine", "it arrives otherwise");
  far.types("receive a").must_return("ok");
  near.does("send b \"get l\\x0a\"");  // the far one has sent half a request, and says no more
  near.types("receive b").must_return("value 1");
  far.does("send a \"one\\x0a\"");
  far.types("receive a").must_return("none");
  server.must_block(on(fmt::format("TCP port {}", port)));
  server.signal(SIGTERM);
}

TEST_CASE("nc gets all its answers" * rule("S6") * todo(4) * points(1)) {
  Service here;
  here.room.requires_tool("nc");
  const auto value = here.room.random_text();
  auto nc = here.room.start({"nc", "-N", "127.0.0.1", std::to_string(here.port)});
  nc.types("set k " + value + "\nget k\n");
  nc.must_print("ok\nvalue " + value + "\n");
  nc.types("get none\n");
  nc.input_ends();
  nc.must_have_printed("ok\nvalue " + value + "\nnone\n");
  nc.must_exit(0);
  here.ends();
}

TEST_CASE("curl is a client as any other" * rule("S3") * todo(4) * points(1)) {
  Service here;
  here.room.requires_tool("curl");
  const auto value = here.room.random_text();
  auto curl = here.room.start({"curl", "-sN", fmt::format("telnet://127.0.0.1:{}", here.port)});
  // One at a time: after every answer curl sleeps in read() on its input, and looks at nothing else.
  curl.types("set k " + value + "\n");
  curl.must_print("ok\n");
  curl.types("get k\n");
  curl.must_print("value " + value + "\n");
  curl.signal(SIGTERM);
  curl.status();
  here.ends();
}
