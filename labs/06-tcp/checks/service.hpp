// The words that the checks of lab 06-tcp have in common. The clients are connections of `talk` (given), and
// nc and curl. A program beside another console never waits for it: what a client has to prove while it
// waits, a second console does.
#pragma once

#include <fmt/format.h>
#include <signal.h>

#include <string>
#include <vector>

#include "check/check.hpp"
#include "check/difference.hpp"
#include "check/network.hpp"

using namespace ipclab;
using namespace ipclab::check;

/// Room for a thread per client, if that is the server's way.
inline RoomOptions roomy() {
  RoomOptions options;
  options.limits.processes = 600;
  options.limits.open_files = 1024;
  options.limits.memory = std::size_t{16} << 30;  // addresses, most of them stacks that nobody touches
  return options;
}

inline std::string line(std::string_view command, std::string_view argument) {
  return fmt::format("{} {}", command, word(argument));
}

/// Only what happens on sockets.
inline std::vector<Fault> in_every(const std::vector<std::string>& calls, const std::vector<Fault>& faults) {
  std::vector<Fault> all;
  for (Fault fault : faults)
    for (const std::string& call : calls) {
      fault.call = call;
      fault.on = Fault::On::socket;
      all.push_back(fault);
    }
  return all;
}

inline const std::vector<std::string> kSends = {"send", "write", "sendmsg", "writev"};
inline const std::vector<std::string> kReceives = {"recv", "read", "recvmsg", "readv"};

/// A server that listens, and a client's console. Without namespaces the port is the machine's: it is drawn
/// by lot.
struct Service {
  explicit Service(const std::vector<Fault>& faults = {}) : room(roomy()), port(room.random_port()) {
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
          fmt::format("it receives {} bytes, and then the end: {}", got.size(), difference(wanted, got)));
  }
  /// It has taken all that has come for it, whoever of it does that; it sleeps, and nothing of its own will
  /// wake it.
  void must_sleep() {
    room.settles();
    server.must_block_for_good(on(fmt::format("TCP port {}", port)));
  }
  void ends() { server.signal(SIGTERM); }

  Room room;
  int port;
  Program server;
  Console client;
};

inline void must_have_as_many(const Program& server, std::size_t before, const std::string& after_what) {
  const std::size_t after = server.descriptors().size();
  if (after <= before) return;
  fails(cause::kDescriptorLeak, "the server has as many descriptors open as before",
        fmt::format("after {} there are {} more", after_what, after - before),
        "A connection that nobody closes stays open until the process ends. The client may wait for its end "
        "for ever.");
}
