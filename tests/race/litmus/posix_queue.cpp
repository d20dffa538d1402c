// RACE
// A message tells about what was written before it, not about what is written before the next.
#include <mqueue.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>(2);
  char name[64];
  std::snprintf(name, sizeof name, "/litmus-mq-%d", ::getpid());
  mq_attr attributes{};
  attributes.mq_maxmsg = 4;
  attributes.mq_msgsize = 8;
  const mqd_t queue = ::mq_open(name, O_RDWR | O_CREAT, 0600, &attributes);
  child([&] {
    char text[8];
    (void)::mq_receive(queue, text, sizeof text, nullptr);
    use(value[0]);
#ifdef MENDED
    (void)::mq_receive(queue, text, sizeof text, nullptr);
#endif
    use(value[1]);  // A
  });
  value[0] = 1;
  ::mq_send(queue, "1", 1, 0);
  value[1] = 2;  // B
  ::mq_send(queue, "2", 1, 0);
  reap_all();
  ::mq_unlink(name);
}
