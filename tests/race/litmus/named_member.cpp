// RACE calls it data->queue[2].head
// What the report calls the memory: by the variable that leads there.
#include "litmus.hpp"
struct Queue {
  int head, tail;
};
struct Data {
  pthread_mutex_t lock;
  Queue queue[4];
};
void work(Data* data, int number) {
  lock_if_mended(&data->lock);
  data->queue[2].head += number;  // A B
  unlock_if_mended(&data->lock);
}
int main() {
  auto* shared_data = shared<Data>();
  make_lock(&shared_data->lock);
  for (int i = 0; i < 2; ++i) child([=] { work(shared_data, i); });
  reap_all();
}
