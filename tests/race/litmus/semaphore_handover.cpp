// RACE
// Post after the write, not before.
#include <semaphore.h>
#include "litmus.hpp"
struct Data {
  sem_t full;
  int value;
};
int main() {
  auto* data = shared<Data>();
  ::sem_init(&data->full, 1, 0);
  child([&] {
    ::sem_wait(&data->full);
    use(data->value);  // A
  });
#ifdef MENDED
  data->value = 1;
  ::sem_post(&data->full);
#else
  ::sem_post(&data->full);
  data->value = 1;  // B
#endif
  reap_all();
}
