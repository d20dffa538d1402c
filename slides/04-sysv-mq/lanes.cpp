// lanes.cpp
#include <sys/ipc.h>
#include <sys/msg.h>

#include <cstdio>
#include <initializer_list>

struct Note {
  long lane;
  char text[8];
};

int main() {
  const int id = msgget(IPC_PRIVATE, 0600);
  if (id < 0) return perror("msgget"), 1;
  for (const Note& note : {Note{3, "a"}, Note{5, "b"}, Note{2, "c"}, Note{5, "d"}})
    if (msgsnd(id, &note, 1, 0) != 0) perror("msgsnd");
  for (const long selector : {5L, -4L, 0L, 0L}) {
    Note note{};
    if (msgrcv(id, &note, sizeof note.text, selector, 0) < 0) perror("msgrcv");
    std::printf("selector %2ld: lane %ld, %s\n", selector, note.lane, note.text);
  }
  return msgctl(id, IPC_RMID, nullptr);
}
