// RACE
// Neighbours exchange values round by round. One barrier a round is too few: the next round writes what is
// still read.
#include "litmus.hpp"
struct Data {
  pthread_barrier_t barrier;
  long cell[3];
};
int main() {
  auto* data = shared<Data>();
  pthread_barrierattr_t attributes;
  ::pthread_barrierattr_init(&attributes);
  ::pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_barrier_init(&data->barrier, &attributes, 3);
  for (int me = 0; me < 3; ++me)
    child([&, me] {
      for (int round = 0; round < 3; ++round) {
        data->cell[me] = round;  // A
        ::pthread_barrier_wait(&data->barrier);
        use(data->cell[(me + 1) % 3]);  // B
#ifdef MENDED
        ::pthread_barrier_wait(&data->barrier);
#endif
      }
    });
  reap_all();
}
