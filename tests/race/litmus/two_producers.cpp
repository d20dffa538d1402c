// RACE by luck
// A ring with two semaphores is enough for one producer; two need a lock between them.
#include <semaphore.h>
#include "litmus.hpp"
struct Data {
  sem_t full, empty;
  pthread_mutex_t lock;
  unsigned next;
  int item[4];
};
int main() {
  auto* data = shared<Data>();
  ::sem_init(&data->full, 1, 0);
  ::sem_init(&data->empty, 1, 4);
  make_lock(&data->lock);
  for (int producer = 0; producer < 2; ++producer)
    child([&, producer] {
      ::sem_wait(&data->empty);
#ifdef MENDED
      ::pthread_mutex_lock(&data->lock);
#endif
      data->item[data->next++ % 4] = producer;  // A B
#ifdef MENDED
      ::pthread_mutex_unlock(&data->lock);
#endif
      ::sem_post(&data->full);
    });
  ::sem_wait(&data->full);
  ::sem_wait(&data->full);
  use(data->item[0] + data->item[1]);
  reap_all();
}
