#include "race/runtime/channel.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>

#include "race/runtime/descriptor.hpp"
#include "race/runtime/names.hpp"
#include "race/runtime/task.hpp"

namespace ipclab::race {
namespace {

enum Use : std::uint64_t {
  kPipe = 1,
  kPair,
  kToServer,
  kToClient,
  kDatagram,
  kListener,
  kEvent,
  kFile,
  kTimer
};

std::uint64_t hash_of(const void* bytes, std::size_t length, std::uint64_t hash) {
  for (const auto* at = static_cast<const unsigned char*>(bytes); length > 0; --length, ++at)
    hash = (hash ^ *at) * 0x100000001b3;
  return hash;
}

/// Where a socket can be reached. Of internet addresses the port only: a server binds to any address of the
/// machine.
std::uint64_t address_hash(const sockaddr_storage& address, socklen_t length) {
  if (address.ss_family == AF_UNIX && length > offsetof(sockaddr_un, sun_path)) {
    const auto& path = reinterpret_cast<const sockaddr_un&>(address).sun_path;
    const std::size_t size = path[0] ? strnlen(path, length - offsetof(sockaddr_un, sun_path))
                                     : length - offsetof(sockaddr_un, sun_path);
    return hash_of(path, size, AF_UNIX);
  }
  if (address.ss_family == AF_INET)
    return reinterpret_cast<const sockaddr_in&>(address).sin_port | 1ull << 32;
  if (address.ss_family == AF_INET6)
    return reinterpret_cast<const sockaddr_in6&>(address).sin6_port | 1ull << 32;
  return 0;
}

std::uint64_t name_of(int fd, bool peer) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  auto* at = reinterpret_cast<sockaddr*>(&address);
  const int result = peer ? ::getpeername(fd, at, &length) : ::getsockname(fd, at, &length);
  return result == 0 ? address_hash(address, length) : 0;
}

Sync* stream(Use use, std::uint64_t a, std::uint64_t b) { return kernel_sync(Kind::stream, a, b, use); }

/// All connections of one server share one stream each way, in which nothing is counted.
Sync* uncounted(Use use, std::uint64_t a, std::uint64_t b) {
  Sync* sync = stream(use, a, b);
  if (sync) sync->flags |= kInexact;
  return sync;
}

Channel socket_channel(int fd, const struct stat& status) {
  int type = 0;
  socklen_t length = sizeof type;
  if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0) return {};
  const bool messages = type == SOCK_DGRAM || type == SOCK_SEQPACKET;
  Sync* own = stream(kPair, status.st_ino, status.st_dev);
  if (own && own->owner) return {messages ? Flow::messages : Flow::bytes, own, &record()->syncs[own->owner]};
  const std::uint64_t here = name_of(fd, false), there = name_of(fd, true);
  if (type == SOCK_DGRAM)
    return {Flow::messages, here ? stream(kDatagram, here, 0) : nullptr,
            there ? stream(kDatagram, there, 0) : nullptr};
  // A client of a socket with a path has no name itself.
  if (here && !there) return {Flow::bytes, uncounted(kToServer, here, 0), uncounted(kToClient, here, 0)};
  if (there && !here) return {Flow::bytes, uncounted(kToClient, there, 0), uncounted(kToServer, there, 0)};
  if (here && there) return {Flow::bytes, stream(kToServer, there, here), stream(kToServer, here, there)};
  return {};
}

/// Timers have no numbers of their own: all are one. Who watches files learns from all who changed names.
Channel special_channel(int fd) {
  Sync* sync = nullptr;
  switch (special_kind(fd)) {
    case Special::event:
      sync = uncounted(kEvent, number_in_info(fd, "eventfd-id:") + 1, 0);
      return {Flow::counter, sync, sync};
    case Special::timer:
      sync = uncounted(kTimer, 0, 0);
      return {Flow::counter, sync, sync};
    case Special::watch:
      return {Flow::counter, names(), nullptr};
    case Special::signal:
      return {Flow::signals, nullptr, nullptr};
    case Special::process:
      return {Flow::process, nullptr, nullptr};
    case Special::none:
      break;
  }
  return {};
}

bool overlap(std::uint64_t a, std::uint64_t a_end, std::uint64_t b, std::uint64_t b_end) {
  return a < b_end && b < a_end;
}

constexpr std::uint32_t kStillRuns = ~0u;
constexpr std::uint64_t kUnknown = ~0ull >> 1;
// What nobody has fetched yet; of more, the oldest are learnt by everybody.
constexpr unsigned kMostPieces = 64, kMostMessages = 1024;

constexpr std::uint64_t kChosen = 1ull << 63;  // in `begin`, while a reader looks for what it learns from

bool is_chosen(const Message& message) { return message.begin & kChosen; }

void choose(Message& message) {
  learn(clock_at(message.clock));
  message.begin |= kChosen;
}

bool is_this(const Message& message, Contents contents) {
  return message.begin == contents.hash && message.end == contents.length;
}

bool overlaps_chosen(const Sync& sync, const Message& message) {
  for (Message* other = message_at(sync.first); other; other = message_at(other->next))
    if (is_chosen(*other) && overlap(message.since, message.until, other->since, other->until)) return true;
  return false;
}

}  // namespace

Channel channel_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return {};
  if (S_ISFIFO(status.st_mode)) {
    Sync* pipe = stream(kPipe, status.st_ino, status.st_dev);
    return {Flow::bytes, pipe, pipe};
  }
  if (S_ISSOCK(status.st_mode)) return socket_channel(fd, status);
  if (S_ISREG(status.st_mode)) {
    Sync* file = uncounted(kFile, status.st_ino, status.st_dev);
    return {Flow::file, file, file};
  }
  return (status.st_mode & S_IFMT) == 0 ? special_channel(fd) : Channel{};
}

void connect_pair(int one, int other) {
  struct stat a {
  }, b{};
  if (::fstat(one, &a) != 0 || ::fstat(other, &b) != 0) return;
  Sync* x = stream(kPair, a.st_ino, a.st_dev);
  Sync* y = stream(kPair, b.st_ino, b.st_dev);
  if (!x || !y) return;
  x->owner = index_of(*y);
  y->owner = index_of(*x);
}

Sync* address_of(int fd, bool peer) {
  const std::uint64_t name = name_of(fd, peer);
  return name ? kernel_sync(Kind::other, name, 0, kListener) : nullptr;
}

Sync* address_sync(int fd, const sockaddr* address, socklen_t length) {
  sockaddr_storage whole{};
  if (length > sizeof whole) return nullptr;
  memcpy(&whole, address, length);
  const std::uint64_t name = address_hash(whole, length);
  if (!name) return nullptr;
  if (fd < 0) return kernel_sync(Kind::other, name, 0, kListener);
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_DGRAM) return nullptr;
  return stream(kDatagram, name, 0);
}

Writing::Writing(Sync* sync, bool counted) : sync_(sync) {
  if (!sync) return;
  const Holding holding(sync->lock);
  if (!counted || holding.inherited()) sync->flags |= kInexact;
  if (sync->flags & kInexact) {
    release_held(*sync);
    return;
  }
  message_ = push(*sync);
  if (message_) {
    message_->begin = message_->end = kUnknown;
    message_->since = ++sync->count;
    message_->until = kStillRuns;
    if (++sync->depth > kMostPieces) {
      fold(*sync, nullptr, message_at(sync->first));
      --sync->depth;
    }
  }
  next_epoch();
}

void Writing::done(ssize_t bytes) {
  if (!message_) return;
  const Holding holding(sync_->lock);
  // It may have been folded, or a reader may have learnt from it already: it is looked for by place.
  for (Message *before = nullptr, *m = message_at(sync_->first); m; before = m, m = message_at(m->next)) {
    if (m != message_) continue;
    if (bytes <= 0) {
      --sync_->depth;
      return take_out(*sync_, before, m);
    }
    m->begin = sync_->written;
    m->end = m->begin + static_cast<std::uint64_t>(bytes);
    m->until = ++sync_->count;
  }
  if (bytes > 0) sync_->written += static_cast<std::uint64_t>(bytes);
}

Reading::Reading(Sync* sync, bool counted) : sync_(sync), counted_(counted) {
  if (!sync) return;
  const Holding holding(sync->lock);
  if (!counted || holding.inherited()) sync->flags |= kInexact;
  alone_ = sync->arrived++ == 0;
}

/// Those that carry [from, to); where nobody has said that he does, those on their way; and those whose calls
/// overlapped in time with one of them.
void Reading::learn_pieces(std::uint64_t from, std::uint64_t to, bool all) {
  std::uint64_t carried = 0;
  for (Message* m = message_at(sync_->first); m; m = message_at(m->next)) {
    const bool carries = overlap(m->begin, m->end, from, to);
    if (carries) carried += std::min(m->end, to) - std::max(m->begin, from);
    if (all || carries) choose(*m);
  }
  bool more = carried > 0;
  for (Message* m = message_at(sync_->first); m && carried < to - from; m = message_at(m->next))
    if (m->until == kStillRuns && !is_chosen(*m)) {
      choose(*m);
      more = true;
    }
  while (more && !all) {
    more = false;
    for (Message* m = message_at(sync_->first); m; m = message_at(m->next))
      if (!is_chosen(*m) && overlaps_chosen(*sync_, *m)) {
        choose(*m);
        more = true;
      }
  }
}

/// Nobody will read their bytes again.
void Reading::drop_pieces(std::uint64_t to) {
  for (Message *before = nullptr, *m = message_at(sync_->first); m;) {
    Message* next = message_at(m->next);
    m->begin &= ~kChosen;
    if (m->until != kStillRuns && m->end <= to) {
      --sync_->depth;
      if (sync_->flags & kInexact) fold(*sync_, before, m);
      else take_out(*sync_, before, m);
    } else {
      before = m;
    }
    m = next;
  }
}

void lead(Sync* from, Sync* to) {
  if (!from || !to || from == to) return;
  for (Sync* sync : {from, to}) {
    const Holding holding(sync->lock);
    sync->flags |= kInexact;
  }
  const Holding holding(to->lock);
  to->user = index_of(*from);
}

void Reading::learn_from_sources() {
  constexpr unsigned kLongest = 8;
  Index next = sync_->user;
  for (unsigned i = 0; next && i < kLongest; ++i) {
    Sync& source = record()->syncs[next];
    const Holding holding(source.lock);
    acquire_held(source);
    for (const Message* m = message_at(source.first); m; m = message_at(m->next)) learn(clock_at(m->clock));
    next = source.user;
  }
}

void Reading::done(ssize_t bytes) {
  if (!sync_) return;
  learn_from_sources();
  const Holding holding(sync_->lock);
  alone_ = alone_ && sync_->arrived == 1;
  --sync_->arrived;
  if (bytes < 0) return;
  acquire_held(*sync_);
  if (bytes == 0) learn_from_dead();
  const std::uint64_t from = sync_->read, to = from + static_cast<std::uint64_t>(bytes);
  if (counted_) sync_->read = to;
  learn_pieces(from, to, bytes == 0 || !alone_ || (sync_->flags & kInexact) || holding.inherited());
  drop_pieces(to);
}

void Reading::ready() {
  if (!sync_) return;
  learn_from_sources();
  const Holding holding(sync_->lock);
  alone_ = alone_ && sync_->arrived == 1;
  --sync_->arrived;
  acquire_held(*sync_);
  learn_pieces(sync_->read, sync_->read + 1, !alone_ || (sync_->flags & kInexact) || holding.inherited());
  drop_pieces(sync_->read);
}

void glimpse_message(Sync* sync) {
  if (!sync) return;
  const Holding holding(sync->lock);
  acquire_held(*sync);
  if (const Message* first = message_at(sync->first)) learn(clock_at(first->clock));
}

void release_end(int fd) {
  const Channel channel = channel_of(fd);
  if (channel.flow == Flow::bytes) release(channel.out);
}

Contents contents_of(const iovec* pieces, std::size_t count, std::size_t length, std::uint64_t kind) {
  Contents contents{mixed(kind + 1), length};
  for (std::size_t i = 0; i < count && length > 0; ++i) {
    const std::size_t here = pieces[i].iov_len < length ? pieces[i].iov_len : length;
    contents.hash = hash_of(pieces[i].iov_base, here, contents.hash);
    length -= here;
  }
  return contents;
}

void send_message(Sync* sync, Contents contents) {
  if (!sync) return;
  const Holding holding(sync->lock);
  if (sync->clock2) learn(clock_at(sync->clock2));  // there was room only because others had received
  if (Message* message = push(*sync)) {
    message->begin = contents.hash;
    message->end = contents.length;
    if (++sync->count > kMostMessages) {
      fold(*sync, nullptr, message_at(sync->first));
      --sync->count;
    }
  }
  next_epoch();
}

void take_back(Sync* sync, Contents contents) {
  if (!sync) return;
  const Holding holding(sync->lock);
  const Clock& mine = self.task->clock;
  for (Message *before = nullptr, *m = message_at(sync->first); m; before = m, m = message_at(m->next)) {
    if (!is_this(*m, contents) || clock_at(m->clock).at[self.task->slot] + 1 != mine.at[self.task->slot])
      continue;
    --sync->count;
    return take_out(*sync, before, m);
  }
}

void receive_message(Sync* sync, Contents contents, bool taken) {
  if (!sync) return;
  const Holding holding(sync->lock);
  acquire_held(*sync);
  Message *first = nullptr, *before_first = nullptr;
  for (Message *before = nullptr, *m = message_at(sync->first); m; before = m, m = message_at(m->next)) {
    if (!is_this(*m, contents)) continue;
    learn(clock_at(m->clock));
    if (!first) first = m, before_first = before;
  }
  if (!first) {
    for (Message* m = message_at(sync->first); m; m = message_at(m->next)) learn(clock_at(m->clock));
  } else if (taken) {
    --sync->count;
    take_out(*sync, before_first, first);
  }
}

void make_room(Sync* sync) {
  if (!sync) return;
  const Holding holding(sync->lock);
  if (Clock* room = made(sync->clock2)) join(*room, self.task->clock);
  next_epoch();
}

}  // namespace ipclab::race
