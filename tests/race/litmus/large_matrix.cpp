// RACE
// A product of matrices: each worker makes every other row; then each sums up the other's rows. Racy: nobody
// waits for the other.
#include "litmus.hpp"
constexpr int kSize = 64;
struct Data {
  pthread_barrier_t done;
  double left[kSize][kSize], right[kSize][kSize], product[kSize][kSize];
  double sum[2];
};
void make_row(Data* data, int row) {
  for (int column = 0; column < kSize; ++column) {
    double sum = 0;
    for (int i = 0; i < kSize; ++i) sum += data->left[row][i] * data->right[i][column];
    data->product[row][column] = sum;  // A
  }
}
double sum_of_row(const Data* data, int row) {
  double sum = 0;
  for (const double& each : data->product[row]) sum += each;  // B
  return sum;
}
void meet([[maybe_unused]] Data* data) {
#ifdef MENDED
  ::pthread_barrier_wait(&data->done);
#endif
}
int main(int count, char** arguments) {
  const int times = rounds(count, arguments, 2);
  auto* data = shared<Data>();
  make_barrier(&data->done, 2);
  for (int i = 0; i < kSize; ++i)
    for (int j = 0; j < kSize; ++j) data->left[i][j] = i - j, data->right[i][j] = i * j;
  for (int worker = 0; worker < 2; ++worker)
    child([=] {
      for (int round = 0; round < times; ++round) {
        for (int row = worker; row < kSize; row += 2) make_row(data, row);
        meet(data);
        for (int row = 1 - worker; row < kSize; row += 2) data->sum[worker] += sum_of_row(data, row);
        meet(data);
      }
    });
  reap_all();
  use(static_cast<long>(data->sum[0] + data->sum[1]));
}
