// RACE
// Two workers sort half an array each, the parent merges. Racy: it does not wait for them.
#include <algorithm>
#include "litmus.hpp"
constexpr int kCount = 4096;
struct Data {
  int number[kCount];
  int merged[kCount];
};
void sift(int* heap, int root, int end) {
  for (int next; (next = 2 * root + 1) < end; root = next) {
    if (next + 1 < end && heap[next] < heap[next + 1]) ++next;
    if (heap[root] >= heap[next]) return;
    const int value = heap[root];
    heap[root] = heap[next];
    heap[next] = value;
  }
}
void sort(int* heap, int count) {
  for (int i = count / 2; i-- > 0;) sift(heap, i, count);
  for (int end = count - 1; end > 0; --end) {
    const int value = heap[0];
    heap[0] = heap[end];
    heap[end] = value;  // A
    sift(heap, 0, end);
  }
}
void merge(Data* data) {
  int left = 0, right = kCount / 2;
  for (int& to : data->merged) {
    const bool first =
        right == kCount || (left < kCount / 2 && data->number[left] <= data->number[right]);  // B
    to = data->number[first ? left++ : right++];
  }
}
int main(int count, char** arguments) {
  const int times = rounds(count, arguments, 1);
  auto* data = shared<Data>();
  for (int round = 0; round < times; ++round) {
    for (unsigned i = 0; i < kCount; ++i) data->number[i] = static_cast<int>(i * 2654435761u >> 4);
    for (int worker = 0; worker < 2; ++worker)
      child([=] { sort(data->number + worker * kCount / 2, kCount / 2); });
#ifdef MENDED
    reap_all();
#endif
    merge(data);
    reap_all();
  }
}
