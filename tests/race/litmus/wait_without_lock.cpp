// NO-LOCK
// A condition is waited on with its mutex locked.
#include <ctime>
#include "litmus.hpp"
struct Data {
  pthread_mutex_t lock;
  pthread_cond_t changed;
};
int main() {
  auto* data = shared<Data>();
  make_lock(&data->lock);
  pthread_condattr_t attributes;
  ::pthread_condattr_init(&attributes);
  ::pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_cond_init(&data->changed, &attributes);
  timespec until{};
#ifdef MENDED
  ::pthread_mutex_lock(&data->lock);
#endif
  ::pthread_cond_timedwait(&data->changed, &data->lock, &until);  // A B
#ifdef MENDED
  ::pthread_mutex_unlock(&data->lock);
#endif
}
