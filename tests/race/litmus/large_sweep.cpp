// RACE
// Two workers go through an array each, 4096 accesses at a time, and add to a total.
#include "litmus.hpp"
struct Data {
  pthread_mutex_t lock;
  long total;
  long part[2][4096];
};
int main(int count, char** arguments) {
  const int times = rounds(count, arguments, 20);
  auto* data = shared<Data>();
  make_lock(&data->lock);
  for (int worker = 0; worker < 2; ++worker)
    child([=] {
      for (int round = 0; round < times; ++round) {
        long sum = 0;
        for (long& each : data->part[worker]) sum += each ^= round;
        lock_if_mended(&data->lock);
        data->total += sum;  // A B
        unlock_if_mended(&data->lock);
      }
    });
  reap_all();
  use(data->total);
}
