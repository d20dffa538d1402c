// RACE
// Memory without a name, made by the child, and passed to the parent as a descriptor.
#include <sys/socket.h>
#include <cstring>
#include "litmus.hpp"
struct Passing {
  char byte = 'x';
  iovec piece{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
  msghdr message{};
  Passing() {
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
  }
};
int* mapped(int fd) {
  return static_cast<int*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
}
void send_descriptor(int to, int fd) {
  Passing passing;
  cmsghdr* header = CMSG_FIRSTHDR(&passing.message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  if (::sendmsg(to, &passing.message, 0) != 1) std::abort();
}
int received_descriptor(int from) {
  Passing passing;
  if (::recvmsg(from, &passing.message, 0) != 1) std::abort();
  int fd;
  std::memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&passing.message)), sizeof fd);
  return fd;
}
int main() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
  child([=] {
    const int fd = ::memfd_create("passed", 0);
    if (::ftruncate(fd, 4096) != 0) std::abort();
    int* value = mapped(fd);
#ifdef MENDED
    *value = 1;
    send_descriptor(ends[1], fd);
#else
    send_descriptor(ends[1], fd);
    *value = 1;  // A
#endif
  });
  const int* value = mapped(received_descriptor(ends[0]));
  use(*value);  // B
  reap_all();
}
