// RACE
// Messages of two types: whoever takes the second type learns what was done before it was sent.
#include <sys/msg.h>
#include "litmus.hpp"
struct Note {
  long type;
  char text[8];
};
int main() {
  auto* value = shared<int>();
  const int queue = ::msgget(IPC_PRIVATE, 0600);
  child([&] {
    Note note{};
#ifdef MENDED
    (void)::msgrcv(queue, &note, sizeof note.text, 2, 0);
#else
    (void)::msgrcv(queue, &note, sizeof note.text, 1, 0);
#endif
    use(*value);  // A
  });
  Note note{1, "one"};
  ::msgsnd(queue, &note, sizeof note.text, 0);
  *value = 1;  // B
  note = {2, "two"};
  ::msgsnd(queue, &note, sizeof note.text, 0);
  reap_all();
  ::msgctl(queue, IPC_RMID, nullptr);
}
