// RACE
// The bounded buffer with two semaphores; mended, one producer and one consumer. Racy: the producer does not
// wait for room.
#include <semaphore.h>
#include "litmus.hpp"
struct Data {
  sem_t full, empty;
  int item[4];
};
int main() {
  auto* data = shared<Data>();
  ::sem_init(&data->full, 1, 0);
  ::sem_init(&data->empty, 1, 4);
  child([&] {
    for (int i = 0; i < 40; ++i) {
      ::sem_wait(&data->full);
      use(data->item[i % 4]);  // A
      ::sem_post(&data->empty);
    }
  });
  for (int i = 0; i < 40; ++i) {
#ifdef MENDED
    ::sem_wait(&data->empty);
#endif
    data->item[i % 4] = i;  // B
    ::sem_post(&data->full);
  }
  reap_all();
}
