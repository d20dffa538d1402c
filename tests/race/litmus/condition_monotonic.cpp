// RACE
// A timed wait on the clock that the condition was made with: its time is far away, also in a schedule.
#include <time.h>
#include "litmus.hpp"
struct Shared {
  pthread_mutex_t lock;
  pthread_cond_t ready;
  bool is_ready;
  long value;
};
int main() {
  auto* s = shared<Shared>();
  make_lock(&s->lock);
  pthread_condattr_t attributes;
  ::pthread_condattr_init(&attributes);
  ::pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  ::pthread_cond_init(&s->ready, &attributes);
  child([=] {
    timespec end;
    ::clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += 60;
    ::pthread_mutex_lock(&s->lock);
    int error = 0;
    while (!s->is_ready && error == 0) error = ::pthread_cond_timedwait(&s->ready, &s->lock, &end);
    ::pthread_mutex_unlock(&s->lock);
    use(s->value);  // A
  });
#ifdef MENDED
  s->value = 1;
#endif
  ::pthread_mutex_lock(&s->lock);
  s->is_ready = true;
  ::pthread_cond_signal(&s->ready);
  ::pthread_mutex_unlock(&s->lock);
#ifndef MENDED
  s->value = 1;  // B
#endif
  reap_all();
}
