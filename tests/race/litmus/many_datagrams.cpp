// RACE
// Several messages by one call: each has its own clock.
#include <sys/socket.h>
#include <sys/uio.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  int ends[2];
  ::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
  child([=] {
#ifdef MENDED
    *value = 1;
#endif
    ::send(ends[1], "one", 3, 0);
    ::send(ends[1], "other", 5, 0);
#ifndef MENDED
    *value = 1;  // A
#endif
  });
  char text[2][8];
  iovec pieces[2] = {{text[0], 8}, {text[1], 8}};
  mmsghdr messages[2]{};
  for (int i = 0; i < 2; ++i) messages[i].msg_hdr.msg_iov = &pieces[i], messages[i].msg_hdr.msg_iovlen = 1;
  if (::recvmmsg(ends[0], messages, 2, 0, nullptr) != 2) return 1;
  use(*value);  // B
  reap_all();
}
