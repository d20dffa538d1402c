// RACE
// A hash table with a lock per group of buckets: two workers count words. Racy: each worker has
// locks of its own.
#include "litmus.hpp"
constexpr unsigned kBuckets = 256, kGroups = 8;
struct Entry {
  unsigned key, count;
};
struct Data {
  pthread_mutex_t lock[2][kGroups];
  Entry bucket[kBuckets][4];
};
void add(Data* data, unsigned worker, unsigned key) {
  const unsigned hash = key * 2654435761u >> 16;
#ifdef MENDED
  worker = 0;
#endif
  pthread_mutex_t* lock = &data->lock[worker][hash % kGroups];
  ::pthread_mutex_lock(lock);
  for (Entry& entry : data->bucket[hash % kBuckets]) {
    if (entry.key != 0 && entry.key != key) continue;
    entry.key = key;
    ++entry.count;  // A B
    break;
  }
  ::pthread_mutex_unlock(lock);
}
int main(int count, char** arguments) {
  const int times = rounds(count, arguments, 2);
  auto* data = shared<Data>();
  for (auto& locks : data->lock)
    for (auto& lock : locks) make_lock(&lock);
  for (unsigned worker = 0; worker < 2; ++worker)
    child([=] {
      for (int round = 0; round < times; ++round)
        for (unsigned key = 1; key <= 500; ++key) add(data, worker, key);
    });
  reap_all();
}
