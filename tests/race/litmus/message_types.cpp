// RACE
// Whoever takes the first message does not know what came before the second.
#include <sys/msg.h>
#include "litmus.hpp"
struct Message {
  long type;
  char text;
};
int main() {
  auto* value = shared<int>(2);
  const int queue = ::msgget(IPC_PRIVATE, 0600);
  child([=] {
    const Message one{1, 'a'}, two{2, 'b'};
    value[0] = 1;
    ::msgsnd(queue, &one, 1, 0);
    value[1] = 1;  // A
    ::msgsnd(queue, &two, 1, 0);
  });
  Message message;
#ifdef MENDED
  ::msgrcv(queue, &message, 1, 2, 0);
#else
  ::msgrcv(queue, &message, 1, 1, 0);
#endif
  use(value[1]);  // B
  reap_all();
  ::msgctl(queue, IPC_RMID, nullptr);
}
