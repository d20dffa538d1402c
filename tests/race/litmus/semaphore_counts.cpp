// RACE
// Two units, two items: after one wait only the first item may be looked at.
#include <semaphore.h>
#include "litmus.hpp"
struct Data {
  sem_t full;
  int item[2];
};
int main() {
  auto* data = shared<Data>();
  ::sem_init(&data->full, 1, 0);
  child([&] {
    ::sem_wait(&data->full);
    use(data->item[0]);
#ifdef MENDED
    ::sem_wait(&data->full);
#endif
    use(data->item[1]);  // A
  });
  data->item[0] = 1;
  ::sem_post(&data->full);
  data->item[1] = 2;  // B
  ::sem_post(&data->full);
  reap_all();
}
