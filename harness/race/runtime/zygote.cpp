#include "race/runtime/zygote.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "race/zygote.hpp"

namespace ipclab::race {
namespace {

constexpr int kAbove = 128;  // no descriptor that a request names is as high

struct Request {
  int numbers[kMostZygoteFds];
  int fds[kMostZygoteFds];  // of the same order; one more: the last
  unsigned count;
};

// The library's own functions may be interposed, and are then not ready yet.
template <typename... Arguments>
int call(long number, Arguments... arguments) {
  return static_cast<int>(::syscall(number, arguments...));
}

bool receive(int socket, Request& request) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof request.fds)];
  iovec part{request.numbers, sizeof request.numbers};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (call(SYS_recvmsg, socket, &message, MSG_CMSG_CLOEXEC) <= 0) return false;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (!header || header->cmsg_type != SCM_RIGHTS) return false;
  request.count = static_cast<unsigned>((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
  memcpy(request.fds, CMSG_DATA(header), request.count * sizeof(int));
  return true;
}

/// The descriptors of the request and no others, with their numbers; false: this process is not to go on.
bool take(const Request& request) {
  const unsigned last = request.count - 1;
  char byte;
  if (call(SYS_read, request.fds[last], &byte, 1) != 1) return false;
  call(SYS_setsid);
  int high[kMostZygoteFds];
  for (unsigned i = 0; i < last; ++i)
    if ((high[i] = call(SYS_fcntl, request.fds[i], F_DUPFD, kAbove)) < 0) return false;
  call(SYS_close_range, 0, kAbove - 1, 0);
  for (unsigned i = 0; i < last; ++i)
    if (call(SYS_dup2, high[i], request.numbers[i]) < 0) return false;
  return call(SYS_close_range, kAbove, ~0u, 0) == 0;
}

}  // namespace

int zygote_socket(const char* entry) {
  const std::size_t length = sizeof kZygoteVariable - 1;
  return strncmp(entry, kZygoteVariable, length) == 0 && entry[length] == '=' ? atoi(entry + length + 1) : -1;
}

void serve_as_zygote(int socket) {
  Request request;
  while (receive(socket, request)) {
    int ends[2];
    if (call(SYS_pipe2, ends, O_CLOEXEC) != 0) break;
    const pid_t middle = ::_Fork();  // whose child is nobody's, once it has ended
    if (middle == 0) {
      const pid_t child = ::_Fork();
      if (child == 0) {
        if (take(request)) return;
        ::_exit(127);
      }
      call(SYS_write, ends[1], &child, sizeof child);
      ::_exit(0);
    }
    pid_t child = -1;
    call(SYS_close, ends[1]);
    if (middle > 0) {
      call(SYS_wait4, middle, nullptr, 0, nullptr);
      call(SYS_read, ends[0], &child, sizeof child);
    }
    call(SYS_close, ends[0]);
    for (unsigned i = 0; i < request.count; ++i) call(SYS_close, request.fds[i]);
    call(SYS_sendto, socket, &child, sizeof child, MSG_NOSIGNAL, nullptr, 0);
  }
  ::_exit(0);
}

}  // namespace ipclab::race
