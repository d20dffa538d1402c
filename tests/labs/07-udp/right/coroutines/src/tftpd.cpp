// Another way: each transfer is a coroutine; one ppoll(2) waits for all of them.

#include "tftpd.hpp"
#include <poll.h>
#include <algorithm>
#include <coroutine>
#include <exception>
#include <list>
#include <optional>
#include <system_error>
#include "walk.hpp"
namespace {
using Clock = std::chrono::steady_clock;
struct Letter {
  sockaddr_in from{};
  std::string bytes;
};
struct Waiter {
  int socket;
  Clock::time_point until;
  std::coroutine_handle<> who;
  bool timed_out = false;
};
std::list<Waiter*> waiters;

/// A coroutine that begins at once and owns itself.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};
std::optional<Letter> take(int socket) {
  static char buffer[65536];
  Letter letter;
  socklen_t size = sizeof letter.from;
  ssize_t n;
  do
    n = ::recvfrom(socket, buffer, sizeof buffer, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&letter.from),
                   &size);
  while (n < 0 && errno == EINTR);
  if (n < 0) return std::nullopt;
  letter.bytes.assign(buffer, static_cast<std::size_t>(n));
  return letter;
}
/// co_await: true when the socket can be read, false when the time is over.
struct Readable {
  Waiter w;
  Readable(int socket, Clock::time_point until) : w{socket, until, {}} {}
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    w.who = h;
    waiters.push_back(&w);
  }
  bool await_resume() { return !w.timed_out; }
};
struct Fd {
  int n;
  ~Fd() {
    if (n >= 0) ::close(n);
  }
};

Detached transfer(sockaddr_in client, int file_number, std::chrono::milliseconds time_out) {
  const Fd file{file_number}, socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (socket.n < 0) co_return;
  std::string data(512, 0);
  for (std::uint16_t block = 1; data.size() == 512; ++block) {
    std::size_t n = 0;
    while (n < 512) {
      const ssize_t got =
          ::pread(file.n, data.data() + n, 512 - n, (block - 1l) * 512 + static_cast<long>(n));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        wire::error(socket.n, client, 2, "read");
        co_return;
      }
      if (got == 0) break;
      n += static_cast<std::size_t>(got);
    }
    data.resize(n);
    const std::string packet =
        std::string{0, 3, static_cast<char>(block >> 8), static_cast<char>(block & 255)} + data;
    bool acknowledged = false;
    for (int tries = 0; !acknowledged; ++tries) {
      if (tries == 5) co_return;
      while (::sendto(socket.n, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&client),
                      sizeof client) < 0 &&
             errno == EINTR) {
      }
      const auto until = Clock::now() + time_out;
      while (!acknowledged) {
        const bool readable = co_await Readable(socket.n, until);
        if (!readable) break;
        const auto letter = take(socket.n);
        if (!letter) continue;
        const auto& b = letter->bytes;
        const int opcode = b.size() < 2 ? 0 : wire::word(b.data());
        if (!wire::same(letter->from, client)) {
          if (opcode != 5) wire::error(socket.n, letter->from, 5, "unknown transfer");
        } else if (opcode == 5) co_return;
        else acknowledged = opcode == 4 && b.size() >= 4 && wire::word(b.data() + 2) == block;
      }
    }
  }
}
void request(int socket, int directory, std::chrono::milliseconds time_out) {
  const auto letter = take(socket);
  if (!letter || (letter->bytes.size() > 1 && wire::word(letter->bytes.data()) == 5)) return;
  const std::string name = wire::requested(letter->bytes);
  if (name.empty()) return wire::error(socket, letter->from, 4, "illegal operation");
  const int file = open_inside(directory, name);
  if (file < 0) return wire::error(socket, letter->from, static_cast<std::uint16_t>(-file), "no");
  transfer(letter->from, file, time_out);
}
}  // namespace
void serve(int socket, int directory, std::chrono::milliseconds time_out) {
  for (;;) {
    std::vector<pollfd> fds{{socket, POLLIN, 0}};
    std::optional<Clock::time_point> first;
    for (const Waiter* w : waiters) {
      fds.push_back({w->socket, POLLIN, 0});
      first = first ? std::min(*first, w->until) : w->until;
    }
    timespec rest{};
    if (first) {
      const auto left = std::max<Clock::duration>(*first - Clock::now(), Clock::duration::zero());
      rest = {left / std::chrono::seconds(1), (left % std::chrono::seconds(1)).count()};
    }
    if (::ppoll(fds.data(), fds.size(), first ? &rest : nullptr, nullptr) < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "ppoll");
    }
    std::vector<Waiter*> due;
    const auto now = Clock::now();
    std::size_t i = 1;
    for (auto at = waiters.begin(); at != waiters.end(); ++i) {
      Waiter* w = *at;
      w->timed_out = !(fds[i].revents & POLLIN) && w->until <= now;
      if ((fds[i].revents & (POLLIN | POLLERR)) || w->timed_out) {
        due.push_back(w);
        at = waiters.erase(at);
      } else ++at;
    }
    for (Waiter* w : due) w->who.resume();
    if (fds[0].revents & POLLIN) request(socket, directory, time_out);
  }
}
