// RACE
// Timers are set while nobody else could go on: one whose handler posts, one that ends the wait with EINTR,
// and one whose thread posts.
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include "litmus.hpp"
static sem_t* ticks;
static void post(int) { ::sem_post(ticks); }
static void nothing(int) {}
static void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  ::sigaction(signal, &action, nullptr);
}
int main() {
  ticks = shared<sem_t>();
  auto* value = shared<long>();
  ::sem_init(ticks, 1, 0);
  const itimerval often{{0, 2000}, {0, 2000}}, never{};
  handle(SIGALRM, post, SA_RESTART);
  ::setitimer(ITIMER_REAL, &often, nullptr);
  for (int i = 0; i < 2; ++i)
    while (::sem_wait(ticks) != 0) {
    }
  ::setitimer(ITIMER_REAL, &never, nullptr);
  while (::sem_trywait(ticks) == 0) {
  }
  handle(SIGALRM, nothing, 0);
  ::setitimer(ITIMER_REAL, &often, nullptr);
  while (::sem_wait(ticks) == 0) {
  }
  use(errno == EINTR);
  ::setitimer(ITIMER_REAL, &never, nullptr);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD;
  event.sigev_notify_function = [](sigval) { ::sem_post(ticks); };
  timer_t timer;
  ::timer_create(CLOCK_MONOTONIC, &event, &timer);
  const itimerspec once{{0, 0}, {0, 2'000'000}};
  ::timer_settime(timer, 0, &once, nullptr);
  child([=] {
    *value = 1;  // A
  });
  while (::sem_wait(ticks) != 0) {
  }
#ifdef MENDED
  reap_all();
#endif
  use(*value);  // B
  ::timer_delete(timer);
  reap_all();
}
