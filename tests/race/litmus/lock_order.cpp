// STUCK by luck
// Two locks, taken in two orders.
#include "litmus.hpp"
struct Data {
  pthread_mutex_t first, second;
};
int main() {
  auto* data = shared<Data>();
  make_lock(&data->first);
  make_lock(&data->second);
  const auto work = [](pthread_mutex_t& a, pthread_mutex_t& b) {
    ::pthread_mutex_lock(&a);
    ::pthread_mutex_lock(&b);
    ::pthread_mutex_unlock(&b);
    ::pthread_mutex_unlock(&a);
  };
  child([&] { work(data->first, data->second); });
#ifdef MENDED
  work(data->first, data->second);
#else
  work(data->second, data->first);
#endif
  reap_all();
}
