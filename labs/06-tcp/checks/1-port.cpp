// The checks of lab 06-tcp, part 1: the port.

#include <string>
#include <vector>

#include "service.hpp"

TEST_CASE("a port that is free can be had, and one that has a server is refused" * rule("S1") * todo(1) *
          points(2)) {
  Room room(roomy());
  room.requires_tool("socat");
  const auto port = std::to_string(room.random_port());
  room.start({"kv", "--try", port}, "before").must_exit(0);
  auto other = room.start({"socat", "-u", "TCP-LISTEN:" + port + ",reuseaddr,reuseport", "-"});
  other.must_block(on("TCP port " + port));
  auto refused = room.start({"kv", "--try", port}, "beside socat");
  refused.must_exit(1);
  if (refused.error_output().find("Address already in use") == std::string::npos)
    fails(cause::kWrongOutput, "a line on standard error says that the address is in use",
          "it says: " + refused.error_output());
  other.signal(SIGTERM);
  other.status();
  room.start({"kv", "--try", port}, "after").must_exit(0);
}

TEST_CASE("the server listens on its port, and sleeps until somebody comes" * rule("S2") * todo(2) *
          points(2)) {
  Service here;
  here.must_sleep();
  here.connect("a");
  here.must_sleep();
  here.ends();
}

TEST_CASE("it can be reached at every address of the machine" * rule("S1") * todo(2) * points(1)) {
  Service here;
  for (const char* address : {"127.0.0.1", "127.0.0.2", "127.1.2.3"}) here.connect(address, address);
  here.ends();
}

TEST_CASE("it starts again at once, with clients of the last one still there" * rule("S1") * todo(2) *
          points(3)) {
  Service here;
  for (const char* name : {"a", "b"}) here.connect(name);
  here.must_sleep();
  here.server.kill();
  here.client.does("close a");
  here.server = here.start("second");
  here.connect("c");
  here.ends();
}
