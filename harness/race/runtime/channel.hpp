// What carries bytes or messages from process to process, and the clocks with them.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "race/runtime/message.hpp"

namespace ipclab::race {

enum class Flow { none, bytes, messages, counter, file, signals, process };

/// What a descriptor leads to. `out` takes what is written there, `in` gives what is read there.
struct Channel {
  Flow flow = Flow::none;
  Sync* in = nullptr;
  Sync* out = nullptr;
};
Channel channel_of(int fd);

/// A pair of connected sockets without names, by their inodes.
void connect_pair(int one, int other);
/// The address that a socket has, or that it is connected to; nullptr when it has none.
Sync* address_of(int fd, bool peer);

/// Where a message or a connection to this address goes: of a datagram, when `fd` is the sender; of a server,
/// when it is -1.
Sync* address_sync(int fd, const sockaddr* address, socklen_t length);
/// The same from outside the runtime; nullptr when no address is given, or nobody watches.
Sync* destination(int fd, const sockaddr* address, socklen_t length);

/// Bytes: which of them a reader learns from is found by position. Where writing calls overlapped in time
/// nobody knows their order, and the reader learns from all of them; so it does when nobody counts (stdio) or
/// a writer died in the call.
class Writing {
 public:
  /// Before the call. nullptr is allowed.
  Writing(Sync* sync, bool counted);
  /// After it: how many bytes went out.
  void done(ssize_t bytes);

 private:
  Sync* sync_;
  Message* message_ = nullptr;
};

class Reading {
 public:
  Reading(Sync* sync, bool counted);
  /// How many bytes came; 0 is end-of-file: the writers are gone, and what they did is known.
  void done(ssize_t bytes);
  /// Instead: nothing was read, but the next byte is there.
  void ready();

 private:
  void learn_from_sources();
  void learn_pieces(std::uint64_t from, std::uint64_t to, bool all);
  void drop_pieces(std::uint64_t to);

  Sync* sync_;
  bool counted_;
  bool alone_ = true;
};

/// What is written to `to` may come from `from`, past every program (splice): whoever reads there learns from
/// all who wrote here.
void lead(Sync* from, Sync* to);

/// Before a descriptor is closed: whoever reads end-of-file from now on knows what this task did, and the
/// process's record locks on the file are gone (fcntl(2)).
void before_close(int fd);
/// The first half of that, for an end that is closed and whose descriptor stays (shutdown(2)).
void release_end(int fd);

/// What a message is known by, however many pieces it is sent from or received into.
struct Contents {
  std::uint64_t hash;
  std::size_t length;
};
Contents contents_of(const iovec* pieces, std::size_t count, std::size_t length, std::uint64_t kind);

/// Messages: whichever has these contents. Of several equal ones the reader learns from all; of one that
/// nobody is known to have sent, cut off perhaps, from all that are there.
void send_message(Sync* sync, Contents contents);
/// A message is there, and nobody has taken it yet.
void glimpse_message(Sync* sync);
/// Before a receiving call: a sender that waits for room may go on before the receiver comes back from it.
void make_room(Sync* sync);
/// The call failed after all.
void take_back(Sync* sync, Contents contents);
/// `taken`: nobody will receive it again.
void receive_message(Sync* sync, Contents contents, bool taken);

}  // namespace ipclab::race
