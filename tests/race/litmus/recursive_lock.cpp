// RACE
// A recursive lock is given up by its last unlock only.
#include "litmus.hpp"
struct Data {
  pthread_mutex_t lock;
  long value;
};
int main() {
  auto* data = shared<Data>();
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_mutex_init(&data->lock, &attributes);
  const auto twice = [&](long value) {
    ::pthread_mutex_lock(&data->lock);
    ::pthread_mutex_lock(&data->lock);
    ::pthread_mutex_unlock(&data->lock);
#ifdef MENDED
    data->value = value;
    ::pthread_mutex_unlock(&data->lock);
#else
    ::pthread_mutex_unlock(&data->lock);
    data->value = value;  // A B
#endif
  };
  child([&] { twice(1); });
  child([&] { twice(2); });
  reap_all();
}
