// RACE
// A bounded queue with a mutex and two conditions: records of 64 bytes, filled and summed up. Racy: the
// producer fills the record after it has given it away.
#include "litmus.hpp"
struct Item {
  long word[8];
};
struct Data {
  pthread_mutex_t lock;
  pthread_cond_t more, room;
  int first, used;
  Item item[16];
};
void make_condition(pthread_cond_t* condition) {
  pthread_condattr_t attributes;
  ::pthread_condattr_init(&attributes);
  ::pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_cond_init(condition, &attributes);
}
void fill(Item& item, long number) {
  for (long& word : item.word) word = number++;  // A
}
long sum_of(const Item& item) {
  long sum = 0;
  for (const long& word : item.word) sum += word;  // B
  return sum;
}
void put(Data* data, long number) {
  ::pthread_mutex_lock(&data->lock);
  while (data->used == 16) ::pthread_cond_wait(&data->room, &data->lock);
  Item& item = data->item[(data->first + data->used++) % 16];
#ifdef MENDED
  fill(item, number);
#endif
  ::pthread_cond_signal(&data->more);
  ::pthread_mutex_unlock(&data->lock);
#ifndef MENDED
  fill(item, number);
#endif
}
long take(Data* data) {
  ::pthread_mutex_lock(&data->lock);
  while (data->used == 0) ::pthread_cond_wait(&data->more, &data->lock);
  const long sum = sum_of(data->item[data->first]);
  data->first = (data->first + 1) % 16;
  --data->used;
  ::pthread_cond_signal(&data->room);
  ::pthread_mutex_unlock(&data->lock);
  return sum;
}
int main(int count, char** arguments) {
  const int times = rounds(count, arguments, 200);
  auto* data = shared<Data>();
  make_lock(&data->lock);
  make_condition(&data->more);
  make_condition(&data->room);
  child([=] {
    long sum = 0;
    for (int i = 0; i < times; ++i) sum += take(data);
    use(sum);
  });
  for (int i = 0; i < times; ++i) put(data, i);
  reap_all();
}
