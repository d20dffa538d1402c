// Another way: one thread reads all sockets, another looks after the time.

#include "tftpd.hpp"
#include <poll.h>
#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <list>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include "walk.hpp"
// Two threads: the one that reads all sockets, and the one that looks after the time.
namespace {
using Clock = std::chrono::steady_clock;
struct Transfer {
  sockaddr_in client;
  int file, socket;
  unsigned block = 0;
  int sent = 0;
  Clock::time_point due{};
  std::vector<char> packet;
  bool over = false;
  Transfer(const sockaddr_in& c, int f, int s) : client(c), file(f), socket(s) {}
  ~Transfer() {
    ::close(file);
    ::close(socket);
    std::clog << "a transfer has ended\n";
  }
  void send(std::chrono::milliseconds time_out) {
    ++sent;
    ssize_t n;
    do
      n = ::sendto(socket, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&client),
                   sizeof client);
    while (n < 0 && errno == EINTR);
    if (n < 0) std::clog << "sendto: " << std::strerror(errno) << '\n';
    due = Clock::now() + time_out;
  }
  void advance(std::chrono::milliseconds time_out) {
    if (block > 0 && packet.size() < 516) {
      over = true;
      return;
    }
    ++block;
    sent = 0;
    packet.resize(516);
    std::size_t n = 0;
    for (ssize_t got; n < 512; n += static_cast<std::size_t>(got)) {
      got = ::read(file, packet.data() + 4 + n, 512 - n);
      if (got < 0 && errno == EINTR) {
        got = 0;
        continue;
      }
      if (got < 0) {
        wire::error(socket, client, 2, "read");
        over = true;
        return;
      }
      if (got == 0) break;
    }
    packet.resize(4 + n);
    const char head[] = {0, 3, static_cast<char>(block / 256), static_cast<char>(block % 256)};
    std::copy(head, head + 4, packet.begin());
    send(time_out);
  }
};
std::mutex mutex;
std::condition_variable changed;
std::list<Transfer> transfers;
int wake_reader;  // eventfd-like: a socket pair

void look_after_the_time(std::chrono::milliseconds time_out) {
  std::unique_lock lock(mutex);
  for (;;) {
    if (transfers.empty()) {
      changed.wait(lock);
      continue;
    }
    const auto first = std::ranges::min_element(transfers, {}, &Transfer::due)->due;
    if (Clock::now() < first) {
      changed.wait_until(lock, first);
      continue;
    }
    for (Transfer& t : transfers)
      if (t.due <= Clock::now() && !t.over) {
        if (t.sent < 5) t.send(time_out);
        else t.over = true, t.due = Clock::time_point::max(), (void)!::write(wake_reader, "", 1);
      }
    if (std::ranges::all_of(transfers, &Transfer::over)) changed.wait(lock);
  }
}
}  // namespace
void serve(int socket, int directory, std::chrono::milliseconds time_out) {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
    throw std::system_error(errno, std::generic_category(), "socketpair");
  wake_reader = pair[1];
  std::jthread(look_after_the_time, time_out).detach();
  std::vector<char> buffer(70000);
  for (;;) {
    std::vector<pollfd> fds{{socket, POLLIN, 0}, {pair[0], POLLIN, 0}};
    {
      const std::lock_guard lock(mutex);
      for (const Transfer& t : transfers) fds.push_back({t.socket, POLLIN, 0});
    }
    if (::poll(fds.data(), fds.size(), -1) < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    char c;
    if (fds[1].revents) (void)!::read(pair[0], &c, 1);
    const auto receive = [&](int fd, sockaddr_in& from) {
      socklen_t size = sizeof from;
      return ::recvfrom(fd, buffer.data(), buffer.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from),
                        &size);
    };
    const std::lock_guard lock(mutex);
    std::size_t i = 2;
    for (Transfer& t : transfers) {
      if (!(fds[i++].revents & POLLIN) || t.over) continue;
      sockaddr_in from{};
      const ssize_t n = receive(t.socket, from);
      if (n < 0) continue;
      const int opcode = n < 2 ? -1 : wire::word(buffer.data());
      if (!wire::same(from, t.client)) {
        if (opcode != 5) wire::error(t.socket, from, 5, "stranger");
      } else if (opcode == 5) t.over = true;
      else if (opcode == 4 && n >= 4 && wire::word(buffer.data() + 2) == t.block) t.advance(time_out);
    }
    transfers.remove_if([](const Transfer& t) { return t.over; });
    if (fds[0].revents & POLLIN) {
      sockaddr_in from{};
      const ssize_t n = receive(socket, from);
      const std::string_view d(buffer.data(), n < 0 ? 0 : static_cast<std::size_t>(n));
      if (n >= 0 && !(n >= 2 && wire::word(d.data()) == 5)) {
        const std::string name = wire::requested(d);
        const int file = name.empty() ? -4 : open_inside(directory, name);
        if (file < 0) wire::error(socket, from, static_cast<std::uint16_t>(-file), "refused");
        else if (const int own = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); own < 0) ::close(file);
        else {
          transfers.emplace_back(from, file, own).advance(time_out);
          transfers.remove_if([](const Transfer& t) { return t.over; });
        }
      }
    }
    changed.notify_one();
  }
}
