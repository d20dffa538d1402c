// RACE
// An eventfd hands over.
#include <sys/eventfd.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  const int event = ::eventfd(0, 0);
  child([&] {
    eventfd_t count;
    ::eventfd_read(event, &count);
    use(*value);  // A
  });
#ifdef MENDED
  *value = 1;
#endif
  ::eventfd_write(event, 1);
#ifndef MENDED
  *value = 1;  // B
#endif
  reap_all();
}
