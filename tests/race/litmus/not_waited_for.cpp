// RACE
// A call that does not wait, or not for long, on a socket that would have others wait.
#include <sys/socket.h>
#include <sys/time.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  int ends[2];
  ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  const timeval soon{0, 2000};
  ::setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
  child([=] {
    char question;
    if (::read(ends[1], &question, 1) != 1) return;
#ifdef MENDED
    *value = 1;
    ::send(ends[1], "a", 1, 0);
#else
    ::send(ends[1], "a", 1, 0);
    *value = 1;  // A
#endif
  });
  char answer;
  if (::recv(ends[0], &answer, 1, MSG_DONTWAIT) == 1) return 1;
  if (::recv(ends[0], &answer, 1, 0) == 1) return 1;
  ::send(ends[0], "q", 1, 0);
  while (::recv(ends[0], &answer, 1, 0) != 1) {
  }
  use(*value);  // B
  reap_all();
}
