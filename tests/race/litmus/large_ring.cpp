// RACE
// A ring of records for one producer and one consumer, published by atomics. Racy: the producer publishes
// before it has written.
#include <atomic>
#include "litmus.hpp"
constexpr unsigned kPlaces = 64;
struct Data {
  std::atomic<unsigned> head, tail;
  long record[kPlaces][16];
};
void publish(Data* data, unsigned number) { data->head.store(number + 1, std::memory_order_release); }
void write(Data* data, unsigned number) {
  for (long& word : data->record[number % kPlaces]) word = number;  // A
}
long read(const Data* data, unsigned number) {
  long sum = 0;
  for (const long& word : data->record[number % kPlaces]) sum += word;  // B
  return sum;
}
int main(int count, char** arguments) {
  const auto times = static_cast<unsigned>(rounds(count, arguments, 200));
  auto* data = shared<Data>();
  child([=] {
    long sum = 0;
    for (unsigned i = 0; i < times; ++i) {
      while (data->head.load(std::memory_order_acquire) == i) ::sched_yield();
      sum += read(data, i);
      data->tail.store(i + 1, std::memory_order_release);
    }
    use(sum);
  });
  for (unsigned i = 0; i < times; ++i) {
    while (i - data->tail.load(std::memory_order_acquire) == kPlaces) ::sched_yield();
#ifdef MENDED
    write(data, i);
    publish(data, i);
#else
    publish(data, i);
    write(data, i);
#endif
  }
  reap_all();
}
