// The checks of lab 06-tcp. The clients are connections of `talk` (given), and nc and curl. A program beside
// another console never waits for it: what a client has to prove while it waits, a second console does.

#include "check/check.hpp"
#include "check/network.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <string>
#include <vector>

using namespace ipclab;
using namespace ipclab::check;

namespace {

/// Room for a thread per client, if that is the server's way.
RoomOptions roomy() {
  RoomOptions options;
  options.limits.processes = 600;
  options.limits.open_files = 1024;
  options.limits.memory = std::size_t{16} << 30;  // addresses, most of them stacks that nobody touches
  return options;
}

std::string line(std::string_view command, std::string_view argument) {
  return fmt::format("{} {}", command, word(argument));
}

/// Only what happens on sockets.
std::vector<Fault> in_every(const std::vector<std::string>& calls, const std::vector<Fault>& faults) {
  std::vector<Fault> all;
  for (Fault fault : faults)
    for (const std::string& call : calls) {
      fault.call = call;
      fault.on = Fault::On::socket;
      all.push_back(fault);
    }
  return all;
}

const std::vector<std::string> kSends = {"send", "write", "sendmsg", "writev"};
const std::vector<std::string> kReceives = {"recv", "read", "recvmsg", "readv"};

/// A server that listens, and a client's console. Without namespaces the port is the machine's: it is drawn
/// by lot.
struct Service {
  explicit Service(const std::vector<Fault>& faults = {}) : room(roomy()), port(room.random(20000, 30000)) {
    server = start("server", faults);
    client = room.console("talk", "client");
  }
  Program start(const std::string& name, const std::vector<Fault>& faults = {}) {
    auto started = room.start({"kv", std::to_string(port)}, name, faults);
    started.must_block(on(fmt::format("TCP port {}", port)));
    return started;
  }
  void connect(const std::string& name, const std::string& address = "127.0.0.1") {
    client.does(fmt::format("connect {} {} {}", name, port, address));
  }
  void send(const std::string& name, std::string_view bytes) { client.does(line("send " + name, bytes)); }
  Reply receive(const std::string& name) { return client.types("receive " + name); }
  void must_answer(const std::string& name, const std::string& request, const std::string& answer) {
    send(name, request + "\n");
    receive(name).must_return(answer);
  }
  /// A value so long that `times` of it do not fit into what the kernel keeps for a connection.
  std::string set_long_value(std::size_t size = 1 << 20) {
    const std::string value = room.random_text(size);
    room.write_file("request", "set long " + value + "\n");
    room.keeps("request");
    connect("setter");
    client.does("send_file setter request");
    receive("setter").must_return("ok");
    client.does("close setter");
    return value;
  }
  std::string get_long(int times) {
    std::string requests;
    for (int i = 0; i < times; ++i) requests += "get long\n";
    return requests;
  }
  void must_have_received(const std::string& file, const std::string& wanted) {
    const std::string got = room.read_file(file);
    room.keeps(file);
    if (got == wanted) return;
    fails(cause::kWrongOutput,
          fmt::format("the client receives {} bytes of answers, and then the end", wanted.size()),
          got.size() == wanted.size() ? "it receives others"
                                      : fmt::format("it receives {} bytes, and then the end", got.size()));
  }
  void must_sleep() { server.must_block(on(fmt::format("TCP port {}", port))); }
  void ends() { server.signal(SIGTERM); }

  Room room;
  int port;
  Program server;
  Console client;
};

void must_have_as_many(const Program& server, std::size_t before, const std::string& after_what) {
  const std::size_t after = server.descriptors().size();
  if (after <= before) return;
  fails(cause::kDescriptorLeak, "the server has as many descriptors open as before",
        fmt::format("after {} there are {} more", after_what, after - before),
        "A connection that nobody closes stays open until the process ends. The client may wait for its end "
        "for ever.");
}

}  // namespace

// The port.

TEST_CASE("a port that is free can be had, and one that has a server is refused" * rule("S1") * todo(1) *
          points(2)) {
  Room room(roomy());
  room.requires_tool("socat");
  const auto port = std::to_string(room.random(20000, 30000));
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

// Requests and answers.

TEST_CASE("what is set can be got" * rule("S3") * todo(4) * points(2)) {
  Service here;
  const auto key = here.room.random_text(), value = here.room.random_text() + " " + here.room.random_text();
  here.connect("a");
  here.must_answer("a", "get " + key, "none");
  here.must_answer("a", "set " + key + " " + value, "ok");
  here.must_answer("a", "get " + key, "value " + value);
  here.must_answer("a", "set " + key + " ", "ok");
  here.connect("b");
  here.must_answer("b", "get " + key, "value ");
  here.must_answer("b", "delete " + key, "ok");
  here.must_answer("a", "get " + key, "none");
  here.send("a", "what?\n\nget " + key + "\n");
  for (int i = 0; i < 2; ++i)
    if (const auto said = here.receive("a").value(); !said.starts_with("error "))
      fails(cause::kWrongAnswer, "what is no request is answered with an error",
            "it is answered with " + said);
  here.receive("a").must_return("none");
  here.ends();
}

TEST_CASE("a request may be cut at any byte" * rule("S4") * todo(3) * points(3)) {
  Service here;
  const std::string value = here.room.random_text(2), text = "set k " + value + "\nget k\nget x\n";
  here.connect("a");
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    here.send("a", text.substr(0, cut));
    here.server.must_settle();
    here.send("a", text.substr(cut));
    for (const auto& answer : {std::string("ok"), "value " + value, std::string("none")})
      here.receive("a").must_return(answer);
  }
  here.ends();
}

TEST_CASE("a request may come byte by byte" * rule("S4") * todo(3) * points(1)) {
  Service here(in_every(kReceives, {short_count("recv", 1)}));
  here.connect("a");
  const auto value = here.room.random_text(20);
  here.must_answer("a", "set k " + value, "ok");
  here.must_answer("a", "get k", "value " + value);
  here.ends();
}

TEST_CASE("a thousand requests at once get a thousand answers, in order" * rule("S4") * todo(3) * points(2)) {
  Service here;
  std::string requests, answers;
  for (int i = 0; i < 500; ++i) {
    const auto value = here.room.random_text(static_cast<std::size_t>(here.room.random(0, 60)));
    requests += fmt::format("set k{} {}\nget k{}\n", i % 7, value, i % 7);
    answers += fmt::format("ok\nvalue {}\n", value);
  }
  here.room.write_file("requests", requests);
  here.room.keeps("requests");
  here.connect("a");
  here.client.does("send_file a requests");
  here.client.does("shut a");
  here.client.does("receive_all a answers");
  here.must_have_received("answers", answers);
  here.ends();
}

TEST_CASE("a value may have any bytes and any length" * rule("S3") * todo(4) * points(2)) {
  Service here;
  here.connect("a");
  std::string requests, answers;
  for (const std::size_t size : {0, 1, 4096, 65537, 1 << 20}) {
    auto value = here.room.random_bytes(size);
    for (char& byte : value)
      if (byte == '\n') byte = '\0';
    requests += "set k " + value + "\nget k\n";
    answers += "ok\nvalue " + value + "\n";
  }
  here.room.write_file("requests", requests);
  here.room.keeps("requests");
  here.client.does("send_file a requests");
  here.client.does("shut a");
  here.client.does("receive_all a answers");
  here.must_have_received("answers", answers);
  here.ends();
}

// Many clients.

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

// Clients who leave when they should not.

TEST_CASE("a client that resets in the middle of an answer harms nobody" * rule("S7") * todo(4) * points(3)) {
  Service here;
  here.set_long_value();
  here.connect("a");
  const std::size_t before = here.server.descriptors().size();
  for (const bool shut_first : {false, true}) {
    here.connect("rude");
    here.send("rude", here.get_long(8));
    if (shut_first) here.client.does("shut rude");
    here.must_sleep();
    here.client.does("reset rude");
    here.must_sleep();
    here.must_answer("a", "get none", "none");
  }
  here.room.settles();
  must_have_as_many(here.server, before, "two clients who have reset their connections");
  here.ends();
}

TEST_CASE("a client that has left before its requests were read harms nobody" * rule("S7") * todo(4) *
          points(2)) {
  Service here;
  here.connect("a");
  here.must_answer("a", "get none", "none");
  for (const char* leaves : {"close", "reset"}) {
    here.connect("rude");
    here.must_sleep();
    here.server.signal(SIGSTOP);  // so that it finds the requests only when who sent them has gone
    here.send("rude", fmt::format("get k\nset {} done\nget k\n", leaves));
    here.client.does(fmt::format("{} rude", leaves));
    here.server.signal(SIGCONT);
    here.must_sleep();
    here.must_answer("a", "get none", "none");
    // What was in the buffer of a connection that is reset may be lost.
    if (leaves == std::string("close")) here.must_answer("a", "get close", "value done");
  }
  here.ends();
}

// When calls do less than they were asked for.

TEST_CASE("short sends lose nothing" * rule("S8") * todo(4) * points(2)) {
  Service here(in_every(kSends, {short_count("send", 3)}));
  here.connect("a");
  const auto value = here.room.random_text(20);
  here.must_answer("a", "set k " + value, "ok");
  here.must_answer("a", "get k", "value " + value);
  here.ends();
}

TEST_CASE("interrupted calls are no failures" * rule("S8") * todo(4) * points(2)) {
  std::vector<Fault> faults = in_every(kReceives, {interrupt("recv", 1), interrupt("recv", 3)});
  for (const Fault& fault : in_every(kSends, {interrupt("send", 1), interrupt("send", 3)}))
    faults.push_back(fault);
  for (const char* call : {"poll", "select", "epoll_wait", "accept"})
    for (const int nth : {1, 3}) faults.push_back(interrupt(call, nth));
  Service here(faults);
  for (int round = 0; round < 3; ++round) {
    here.connect("a");
    const auto value = here.room.random_text();
    here.must_answer("a", "set k " + value, "ok");
    here.must_answer("a", "get k", "value " + value);
  }
  here.ends();
}

// Another machine.

TEST_CASE("a client on another machine is served, though packets take their time and some are lost" *
          rule("S5") * todo(4) * points(3)) {
  Room room(roomy());
  Link link(room, {.delay = std::chrono::milliseconds(20)});
  const int port = room.random(20000, 30000);
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

// Clients that nobody here wrote.

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
