// RACE
// epoll says that an eventfd was written, nobody has read it yet: that orders what came before the writing.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  const int event = ::eventfd(0, 0), set = ::epoll_create1(0);
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.u32 = 7;
  ::epoll_ctl(set, EPOLL_CTL_ADD, event, &wanted);
  child([=] {
#ifdef MENDED
    *value = 1;
    ::eventfd_write(event, 1);
#else
    ::eventfd_write(event, 1);
    *value = 1;  // A
#endif
  });
  ::epoll_wait(set, &wanted, 1, -1);
  use(*value);  // B
  reap_all();
}
