// RACE
// A search tree in shared memory, its nodes numbered: two workers put in and look up. Racy: they count their
// looks outside of the lock.
#include "litmus.hpp"
constexpr int kNodes = 2048;
struct Node {
  unsigned key;
  int left, right;
};
struct Data {
  pthread_mutex_t lock;
  int used, root;
  long looks;
  Node node[kNodes];
};
int find(Data* data, unsigned key) {
  int at = data->root;
  while (at && data->node[at].key != key)
    at = key < data->node[at].key ? data->node[at].left : data->node[at].right;
  return at;
}
void put(Data* data, unsigned key) {
  int* at = &data->root;
  while (*at && data->node[*at].key != key)
    at = key < data->node[*at].key ? &data->node[*at].left : &data->node[*at].right;
  if (*at || data->used + 1 == kNodes) return;
  *at = ++data->used;
  data->node[*at].key = key;
}
bool known(Data* data, unsigned key) {
  ::pthread_mutex_lock(&data->lock);
  const bool found = find(data, key) != 0;
#ifdef MENDED
  ++data->looks;
#endif
  ::pthread_mutex_unlock(&data->lock);
#ifndef MENDED
  ++data->looks;  // A B
#endif
  return found;
}
int main(int count, char** arguments) {
  const int times = rounds(count, arguments, 2);
  auto* data = shared<Data>();
  make_lock(&data->lock);
  for (unsigned worker = 0; worker < 2; ++worker)
    child([=] {
      long found = 0;
      for (int round = 0; round < times; ++round)
        for (unsigned i = 0; i < 300; ++i) {
          const unsigned key = (i * 2 + worker) * 2654435761u >> 8;
          ::pthread_mutex_lock(&data->lock);
          put(data, key);
          ::pthread_mutex_unlock(&data->lock);
          found += known(data, key);
        }
      use(found);
    });
  reap_all();
}
