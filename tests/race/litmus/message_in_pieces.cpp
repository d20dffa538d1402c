// RACE
// A message sent in two pieces and received in one, and one of which the receiver takes only the beginning:
// each carries its order.
#include <sys/socket.h>
#include <sys/uio.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>(2);
  int ends[2];
  (void)::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
  child([&] {
    char head[] = "head", body[] = "and body";
    iovec pieces[] = {{head, 4}, {body, 8}};
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = 2;
    value[0] = 1;
    (void)::sendmsg(ends[1], &message, 0);
    value[1] = 2;  // A
    (void)::send(ends[1], "too long", 8, 0);
  });
  char text[16];
  (void)::recv(ends[0], text, sizeof text, 0);
  use(value[0]);
#ifdef MENDED
  (void)::recv(ends[0], text, 3, 0);
#endif
  use(value[1]);  // B
  reap_all();
}
