#include "room/zygotes.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <span>

#include "base/pidfd.hpp"
#include "base/syscall.hpp"
#include "room/wire.hpp"

namespace ipclab::room {
namespace {

constexpr int kZygoteFd = 97;
constexpr timeval kPatience{20, 0};  // a last resort: it answers within a millisecond

std::vector<std::string> key_of(const Launch& launch) {
  std::vector<std::string> program = launch.argv;
  for (const auto& [name, value] : launch.environment) program.push_back(name + "=" + value);
  return program;
}

Fd start(const Order& order, const Identity& identity, Tracer& tracer, std::set<pid_t>& pids,
         std::vector<Ended>& ended, Result& result) {
  int ends[2];
  checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "socketpair");
  Fd ours(ends[0]), theirs(ends[1]);
  checked(::setsockopt(ours.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience), "SO_RCVTIMEO");
  Order own;
  own.launch = order.launch;
  own.launch.environment.emplace_back(order.launch.zygote, std::to_string(kZygoteFd));
  own.launch.extra = {{-1, kZygoteFd}};
  for (int standard = 0; standard < 3; ++standard)
    own.fds.emplace_back(checked(::open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null"));
  own.fds.push_back(std::move(theirs));
  result = launch(
      own, identity, tracer, [&](int) {}, ended);
  if (!result.error) pids.insert(result.pid);
  return ours;
}

/// 0: the zygote is gone, or could not.
pid_t forked_by(int zygote, const Order& order, int go) {
  std::vector<int> numbers{0, 1, 2}, fds;
  for (const auto& [ours, theirs] : order.launch.extra) numbers.push_back(theirs);
  for (const Fd& fd : order.fds) fds.push_back(fd.get());
  fds.push_back(go);
  const auto bytes = std::as_bytes(std::span(numbers));
  pid_t pid = 0;
  if (!send_bytes(zygote, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, fds)) return 0;
  const ssize_t size = retried([&] { return ::recv(zygote, &pid, sizeof pid, 0); });
  return size == sizeof pid && pid > 0 ? pid : 0;
}

}  // namespace

Result Zygotes::launch(const Order& order, const Identity& identity, Tracer& tracer,
                       const std::function<void(int)>& born, std::vector<Ended>& ended,
                       const std::function<bool(pid_t)>& is_new_child) {
  hand_over(order, identity);
  for (int attempt = 0; attempt < 2; ++attempt) {  // the learner's programs may have killed it
    Fd& socket = sockets_[key_of(order.launch)];
    if (!socket) {
      Result result;
      socket = start(order, identity, tracer, pids_, ended, result);
      if (result.error) {
        socket.reset();
        return result;
      }
    }
    PipeEnds go = make_pipe();
    const pid_t pid = forked_by(socket.get(), order, go.read.get());
    if (pid == 0 || !is_new_child(pid)) {
      socket.reset();
      continue;
    }
    const Fd pidfd = open_pidfd(pid);
    if (!pidfd) throw_errno("pidfd_open");
    born(pidfd.get());
    checked(::write(go.write.get(), "g", 1), "write");
    return {pid, 0, ""};
  }
  return {0, ECHILD, "fork in the loaded program"};
}

void Zygotes::end() {
  for (const pid_t pid : pids_) {
    ::kill(pid, SIGKILL);  // it has not been waited for, so the number is still its own
    retried([&] { return ::waitpid(pid, nullptr, __WALL); });
  }
  pids_.clear();
  sockets_.clear();
}

}  // namespace ipclab::room
