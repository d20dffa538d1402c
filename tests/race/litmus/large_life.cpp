// RACE
// The game of life on a grid that two workers share, half and half, step by step. Racy: no barrier.
#include "litmus.hpp"
constexpr int kSize = 64;
struct Data {
  pthread_barrier_t step;
  unsigned char grid[2][kSize + 2][kSize + 2];
};
int neighbours(const Data* data, int now, int y, int x) {
  int sum = 0;
  for (int i = y - 1; i <= y + 1; ++i)
    for (int j = x - 1; j <= x + 1; ++j) sum += data->grid[now][i][j];  // A
  return sum;
}
void rows(Data* data, int now, int from, int to) {
  for (int y = from; y < to; ++y)
    for (int x = 1; x <= kSize; ++x) {
      const int sum = neighbours(data, now, y, x);
      data->grid[1 - now][y][x] = sum == 3 || (sum == 4 && data->grid[now][y][x]);  // B
    }
}
int main(int count, char** arguments) {
  const int times = rounds(count, arguments, 6);
  auto* data = shared<Data>();
  make_barrier(&data->step, 2);
  for (int y = 1; y <= kSize; ++y)
    for (int x = 1; x <= kSize; ++x) data->grid[0][y][x] = (x * 7 + y * 13) % 3 == 0;
  for (int worker = 0; worker < 2; ++worker)
    child([=] {
      for (int round = 0; round < times; ++round) {
        rows(data, round % 2, 1 + worker * kSize / 2, 1 + (worker + 1) * kSize / 2);
#ifdef MENDED
        ::pthread_barrier_wait(&data->step);
#endif
      }
    });
  reap_all();
}
