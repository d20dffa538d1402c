// The checks of lab 07-udp, part 4: what is lost, late, doubled or not for you.

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "client.hpp"

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr double kGrain = 0.03;  // seconds: how the kernel and programs may round, with room to spare

double seconds_since(steady_clock::time_point then) {
  return std::chrono::duration<double>(steady_clock::now() - then).count();
}

}  // namespace

TEST_CASE("it waits for an answer asleep, and not for ever" * rule("S8") * todo(1) * points(2)) {
  Room room;
  Server server(room, kLong);
  server.has("file", "content");
  Client client(room, server);
  const auto began = steady_clock::now();
  client.asks_for("file");
  client.must_get(1, "content");
  const auto left = server.must_wait_for_a_time_at(client.transfer());
  if (left && (*left > kLong / 1e3 + kGrain || *left < kLong / 1e3 - kGrain - seconds_since(began)))
    fails(*left > kLong / 1e3 ? cause::kBlocks : cause::kPolls,
          fmt::format("it waits for the answer as long as it was told, {} s", kLong / 1000),
          fmt::format("it sleeps with a time-out of {:.1f} s", *left));
  client.acknowledges(1);
  server.must_be_at_rest("when its last block is acknowledged");
  server.is_ended();
}

TEST_CASE("a block that is not acknowledged in time is sent again" * rule("S8") * todo(3) * points(3)) {
  Room room;
  Server server(room, kShort);
  const auto bytes = room.random_bytes(kBlockSize + 88);
  server.has("file", bytes);
  Client client(room, server);
  client.asks_for("file");
  unsigned block = 0;
  for (const std::string& data : blocks_of(bytes)) {
    ++block;
    client.must_get(block, data, true);
    client.must_get(block, data);  // once more: its acknowledgement has been lost, the last one's too
    client.acknowledges(block);
  }
  server.is_ended();
}

TEST_CASE("every try has the same time, not before it and not after" * rule("S8") * todo(3) * points(2)) {
  constexpr int kTime = 400;  // long enough to be seen asleep in
  Room room;
  Server server(room, kTime);
  const auto bytes = room.random_bytes(kBlockSize + 1);
  server.has("file", bytes);
  Client client(room, server);
  client.asks_for("file");
  client.must_get(1, bytes.substr(0, kBlockSize));
  const auto began = std::chrono::system_clock::now();
  client.acknowledges(1);  // what the first block took counts for the second neither way
  for (int tries = 1; tries <= 2; ++tries) {
    client.must_get(2, bytes.substr(kBlockSize), tries == 1);
    // From before the acknowledgement to the server's call, however late we read: whatever the server was
    // kept from makes this longer, never shorter. A negative time is a clock that somebody has set.
    const std::chrono::duration<double> all = client.given() - began.time_since_epoch();
    if (all.count() >= 0 && all.count() < (tries - 1) * kTime / 1e3 - kGrain)
      fails(cause::kPolls, fmt::format("a block is sent again when {} ms have passed", kTime),
            fmt::format("it came again after {:.0f} ms", all.count() * 1e3));
    room.settles();
    if (const auto left = server.time_out_at(client.transfer()); left && *left > kTime / 1e3 + kGrain)
      fails(cause::kBlocks, fmt::format("it waits {} ms after each try", kTime),
            fmt::format("after try {} it sleeps for {:.0f} ms", tries, *left * 1e3));
  }
  client.acknowledges(2);
  server.is_ended();
}

TEST_CASE("the shortest time-out is waited for, too" * rule("S8") * todo(1) * points(1)) {
  constexpr double kTime =
      1e-3;  // seconds: less than a millisecond is left as soon as the block has been sent
  Room room;
  Server server(room, 1);
  server.has("file", "content");
  std::vector<double> times;  // from the first to the last block, by the clock of who sent them
  for (int i = 0; i < 8; ++i) {
    Client client(room, server);
    client.asks_for("file");
    client.must_get(1, "content");
    const auto first = client.given();
    for (int tries = 2; tries <= kTries; ++tries) client.must_get(1, "content");
    times.push_back(std::chrono::duration<double>(client.given() - first).count());
  }
  // Half of the time, in three of the transfers: who reads a clock of whole milliseconds is early now and
  // then, and no more; who does not wait is late where others have the CPU. A negative time is a clock that
  // somebody has set.
  std::ranges::sort(times);
  if (times[0] >= 0 && times[2] < (kTries - 1) * kTime / 2)
    fails(cause::kPolls, "a block is sent again when 1 ms has passed",
          fmt::format("it was sent {} times within {:.2f} ms", kTries, times[2] * 1e3),
          "What is left of a time-out must be rounded up: rounded down, less than 1 ms is nothing.");
  server.is_ended();
}

TEST_CASE("neither other datagrams nor interruptions prolong the wait" * rule("S8") * todo(1) * points(2)) {
  Room room;
  std::vector<Fault> faults;  // the fourth wait is the transfer's: for its answer, after another datagram
  for (const char* call : {"poll", "select", "epoll_wait", "recvfrom", "recvmsg"})
    faults.push_back(interrupt_late(call, 4));
  Server server(room, kLong, faults);
  server.has("file", "content");
  Client client(room, server), stranger(room, server);
  bool strange = false;
  const auto disturb = [&] {  // by one datagram: a second one would end the wait that is interrupted
    if (strange) stranger.socket().sends(acknowledgement(1), client.transfer());
    else client.acknowledges(0);
    strange = !strange;
    room.settles();
  };
  const auto asked = steady_clock::now();  // before the server's time begins
  client.asks_for("file");
  client.must_get(1, "content");
  const auto before = server.must_wait_for_a_time_at(client.transfer());
  const auto began = steady_clock::now();
  // Time is what this check is about: it lets some pass, more than has passed before the server was found
  // asleep.
  auto lapse = milliseconds(50) + (began - asked) * 5 / 4;
  for (const char* what : {"an interruption", "other datagrams"}) {
    for (int i = 0; i < 4 && !room.anybody_is_held(); ++i) disturb();
    std::this_thread::sleep_for(lapse);
    lapse = {};  // what has passed, has passed for both
    const double passed = seconds_since(began);
    if (!room.lets_all_go_on()) disturb();
    for (room.settles(); room.lets_all_go_on(); room.settles()) {
    }  // its other calls are interrupted, too
    const auto after = server.must_wait_for_a_time_at(client.transfer());
    if (before && after && *after > *before - passed + kGrain)
      fails(cause::kBlocks, fmt::format("the wait for an answer is not prolonged by {}", what),
            fmt::format("after {:.0f} ms it still waits for {:.2f} s", passed * 1e3, *after),
            "Who begins to wait anew each time may wait for ever.");
  }
  client.acknowledges(1);
  server.must_be_at_rest("when its last block is acknowledged");
  server.is_ended();
}

TEST_CASE("a time-out that has passed when another datagram is taken has passed" * rule("S8") * todo(1) *
          points(1)) {
  Room room;
  Server server(room, kShort);
  server.has("file", "content");
  Client client(room, server), other(room, server);
  client.asks_for("file");
  client.must_get(1, "content");
  room.settles();               // it waits, until a time that is set
  server.signals_all(SIGSTOP);  // so that both are there when it looks
  room.settles();
  int tries = 1;  // on a busy machine it may have sent again before it was stopped
  while (client.socket().received()) ++tries;
  client.acknowledges(0);
  std::this_thread::sleep_for(milliseconds(kShort + 20));
  server.signals_all(SIGCONT);
  // A wait that the kernel has begun again cannot be read (restart_syscall(2)): this ends the one for
  // requests.
  other.sends_to_server("?");
  other.must_get_error(4, "what is no request");
  if (tries < kTries) client.must_get(1, "content");
  client.acknowledges(1);
  server.is_ended();
}

TEST_CASE("a client that does not answer gets a block five times, and leaves nothing behind" * rule("S8") *
          todo(3) * points(2)) {
  Room room;
  Server server(room, kShort / 2);
  const auto bytes = room.random_bytes(1000);
  server.has("file", bytes);
  const std::size_t before = server.open_descriptors();
  Client client(room, server);
  client.asks_for("file");
  for (int i = 0; i < kTries; ++i) client.must_get(1, bytes.substr(0, kBlockSize));
  server.must_come_to_rest(
      [&] { client.must_hear_nothing("after the fifth time the client counts as gone"); });
  client.must_hear_nothing("after the fifth time the client counts as gone");
  server.must_have_left_nothing(before);
  client.asks_for("file");
  client.must_get_file(bytes, true);
  server.is_ended();
}

namespace {

/// False: by when it was sent the server may have given up.
bool answers_the_fifth_try(milliseconds time) {
  Room room;
  Server server(room, static_cast<int>(time.count()));
  const auto bytes = room.random_bytes(kBlockSize + 1);
  server.has("file", bytes);
  Client client(room, server);
  const auto began = steady_clock::now();
  client.asks_for("file");
  for (int i = 0; i < kTries; ++i) client.must_get(1, bytes.substr(0, kBlockSize));
  room.settles();  // it waits for the answer, if it does
  client.acknowledges(1);
  // Each try lasts its time: whoever gives up later than this gives up in time.
  const bool in_time = steady_clock::now() - began < kTries * (time - milliseconds(2));
  if (in_time) {
    client.must_get(2, bytes.substr(kBlockSize));
    client.acknowledges(2);
  }
  server.is_ended();
  return in_time;
}

}  // namespace

TEST_CASE("an answer to the fifth try counts as any other" * rule("S8") * todo(3) * points(1)) {
  for (const int times : {1, 3, 9})
    if (answers_the_fifth_try(milliseconds(times * kShort))) return;
}

TEST_CASE("an acknowledgement that comes twice has nothing sent twice" * rule("S9") * todo(4) * points(3)) {
  Room room;
  Server server(room, kLong);
  const auto bytes = room.random_bytes(3 * kBlockSize);
  server.has("file", bytes);
  const auto blocks = blocks_of(bytes);
  Client client(room, server);
  client.asks_for("file");
  client.must_get(1, blocks[0]);
  client.acknowledges(1);
  client.must_get(2, blocks[1]);
  for (const unsigned other : {1, 1, 0, 3, 258})
    client.acknowledges(other);  // old ones, and what never was due
  client.must_hear_nothing("ACK 1, 1, 0, 3 and 258 have nothing sent while block 2 is on its way");
  const std::vector<std::string> others = {
      two_bytes(kAcknowledgement),         // half an ACK
      two_bytes(kAcknowledgement) + '\0',  // three bytes of one
      "",                                  // nothing
      "\4",                                // the second byte of an opcode
      data_packet(2, "x"),                 // DATA with the block's number
      two_bytes(260) + two_bytes(2),       // opcode 260 with the block's number
      request("file"),
  };
  for (const std::string& packet : others) client.sends(packet);
  client.must_hear_nothing("what is no ACK, or too short for one, has nothing sent");
  client.acknowledges(2);
  client.must_get(3, blocks[2]);
  client.acknowledges(3);
  client.must_get(4, "");
  client.acknowledges(4);
  server.must_be_at_rest("when its last block is acknowledged");
  server.is_ended();
}

TEST_CASE("a stranger is answered with error 5, and the transfer goes on" * rule("S9") * todo(4) *
          points(3)) {
  Room room;
  Server server(room, kLong);
  const auto bytes = room.random_bytes(600);
  server.has("file", bytes);
  Client client(room, server), stranger(room, server);
  client.asks_for("file");
  client.must_get(1, bytes.substr(0, kBlockSize));
  stranger.socket().sends(acknowledgement(1), client.transfer());
  stranger.must_get_error(5, "an acknowledgement from a port that has no part in the transfer");
  for (const std::string& packet : {std::string(), std::string("\4"), request("file"), data_packet(1, "x")}) {
    stranger.socket().sends(packet, client.transfer());
    stranger.must_get_error(5, fmt::format("a stranger's datagram of {} bytes", packet.size()),
                            client.transfer());
  }
  client.must_hear_nothing("a stranger's acknowledgement does not count");
  stranger.socket().sends(error_packet(0), client.transfer());
  stranger.must_hear_nothing("a stranger's ERROR is not answered");
  client.acknowledges(1);
  client.must_get(2, bytes.substr(kBlockSize));
  client.acknowledges(2);
  server.is_ended();
}

TEST_CASE("who has the client's port on another host is a stranger" * rule("S9") * todo(4) * points(1)) {
  Room room;
  Link link(room);
  Server server(room, link.b(), kLong);
  server.has("file", "content");
  const Datagrams client(link.a());
  const Datagrams stranger(link.b(), client.port());
  client.sends(request("file"), link.b().address(), server.port());
  const auto data = client.receives_at_once("DATA block 1, 7 bytes comes");
  stranger.sends(acknowledgement(1), data.port);
  const auto answer =
      stranger.receives_at_once("an acknowledgement from another host is answered with ERROR 5");
  if (number_at(answer.bytes, 0) != kError || number_at(answer.bytes, 2) != 5)
    fails(cause::kWrongAnswer, "an acknowledgement from another host is answered with ERROR 5",
          words_for(answer.bytes) + " came");
  server.must_wait_for_a_time_at(data.port);
  client.sends(acknowledgement(1), data.address, data.port);
  server.must_be_at_rest("when its last block is acknowledged");
  server.is_ended();
}

TEST_CASE("an error from the client ends its transfer at once" * rule("S9") * todo(4) * points(2)) {
  Room room;
  Server server(room, kLong);
  const auto bytes = room.random_bytes(600);
  server.has("file", bytes);
  const std::size_t before = server.open_descriptors();
  Client client(room, server);
  client.asks_for("file");
  client.must_get(1, bytes.substr(0, kBlockSize));
  client.sends(error_packet(3));
  server.must_be_at_rest("when its client has sent an ERROR");
  client.must_hear_nothing("a transfer that is over is silent");
  server.must_have_left_nothing(before);
  server.is_ended();
}
