// Timers that send signals; and what starts a thread of the library's own (SIGEV_THREAD), past
// pthread_create: the thread becomes a task when it comes to the program's function. A timer's knows what was
// known when the timer was set; a queue's, in doubt, what everybody knew when it began.
#include "race/runtime/timer.hpp"

#include <mqueue.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "race/runtime/memory.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/task.hpp"
#include "race/runtime/thread.hpp"

using namespace ipclab::race;

namespace {

/// What the program asked for.
struct Notification {
  void (*function)(sigval);
  sigval value;
  bool of_queue;
  bool is_set;  // a timer, and not deleted
  timer_t timer;
};
constexpr unsigned kNotifications = 64;  // the threads of more are not watched
Notification notifications[kNotifications];
std::atomic<unsigned> notifications_used;
std::atomic<int> threads_expected;  // timers with threads that are not deleted, queues that have not told yet

constexpr unsigned kTimers = 64;
struct SignalTimer {
  std::atomic<bool> used;
  timer_t timer;
};
SignalTimer signal_timers[kTimers];

Sync* setting_of(unsigned notification) { return kernel_sync(Kind::other, process, notification, 3); }

void notified(sigval number) {
  const auto index = static_cast<unsigned>(number.sival_int);
  const Notification wanted = notifications[index];
  if (wanted.of_queue) --threads_expected;
  if (begin_stranger()) {
    const Inside inside;
    if (wanted.of_queue) learn_from_all();
    else acquire(setting_of(index));
  }
  wanted.function(wanted.value);
}

/// `event`, such that its thread comes to us first. `mine` is room for it.
sigevent* through_us(sigevent* event, sigevent& mine, bool of_queue) {
  if (!watched() || !event || event->sigev_notify != SIGEV_THREAD) return event;
  const unsigned index = notifications_used.fetch_add(1);
  if (index >= kNotifications) return event;
  const Inside inside;
  set_threaded(true);
  notifications[index] = {event->sigev_notify_function, event->sigev_value, of_queue, false, nullptr};
  release(setting_of(index));
  mine = *event;
  mine.sigev_notify_function = notified;
  mine.sigev_value.sival_int = static_cast<int>(index);
  return &mine;
}

void note_signal_timer(timer_t timer) {
  for (SignalTimer& slot : signal_timers)
    if (bool unused = false; slot.used.compare_exchange_strong(unused, true)) {
      slot.timer = timer;
      return;
    }
}

bool is_set(const itimerval& time) { return time.it_value.tv_sec != 0 || time.it_value.tv_usec != 0; }

}  // namespace

bool ipclab::race::timer_is_set() {
  if (threads_expected.load() > 0) return true;
  for (const int which : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF})
    if (itimerval left{}; ::getitimer(static_cast<__itimer_which>(which), &left) == 0 && is_set(left))
      return true;
  for (const SignalTimer& slot : signal_timers)
    if (itimerspec left{}; slot.used.load() && ::timer_gettime(slot.timer, &left) == 0 &&
                           (left.it_value.tv_sec != 0 || left.it_value.tv_nsec != 0))
      return true;
  return false;
}

IPCLAB_INTERPOSE(int, timer_create, clockid_t, sigevent*, timer_t*)
(clockid_t clock, sigevent* event, timer_t* timer) noexcept {
  sigevent mine;
  sigevent* const ours = through_us(event, mine, false);
  const int result = real_timer_create(clock, ours, timer);
  if (result != 0) return result;
  if (ours == &mine) {
    Notification& there = notifications[mine.sigev_value.sival_int];
    there.timer = *timer;
    there.is_set = true;
    ++threads_expected;
  } else if (watched()) {
    note_signal_timer(*timer);
  }
  return 0;
}

IPCLAB_INTERPOSE(int, timer_settime, timer_t, int, const itimerspec*, itimerspec*)
(timer_t timer, int flags, const itimerspec* time, itimerspec* old) noexcept {
  if (watched()) {
    const Inside inside;
    for (unsigned i = 0; i < kNotifications && i < notifications_used.load(); ++i)
      if (notifications[i].is_set && notifications[i].timer == timer) release(setting_of(i));
    scheduler::expect_timer();
  }
  return real_timer_settime(timer, flags, time, old);
}

IPCLAB_INTERPOSE(int, timer_delete, timer_t)(timer_t timer) noexcept {
  for (SignalTimer& slot : signal_timers)
    if (slot.used.load() && slot.timer == timer) slot.used.store(false);
  for (unsigned i = 0; i < kNotifications && i < notifications_used.load(); ++i)
    if (notifications[i].is_set && notifications[i].timer == timer) {
      notifications[i].is_set = false;  // the number may be given to another
      --threads_expected;
    }
  return real_timer_delete(timer);
}

IPCLAB_INTERPOSE(int, setitimer, __itimer_which_t, const itimerval*, itimerval*)
(__itimer_which_t which, const itimerval* time, itimerval* old) noexcept {
  scheduler::expect_timer();
  return real_setitimer(which, time, old);
}
IPCLAB_INTERPOSE(unsigned, alarm, unsigned)(unsigned seconds) noexcept {
  scheduler::expect_timer();
  return real_alarm(seconds);
}
IPCLAB_INTERPOSE(useconds_t, ualarm, useconds_t, useconds_t)(useconds_t first, useconds_t each) noexcept {
  scheduler::expect_timer();
  return real_ualarm(first, each);
}

IPCLAB_INTERPOSE(int, mq_notify, mqd_t, const sigevent*)(mqd_t queue, const sigevent* event) noexcept {
  sigevent mine;
  const sigevent* const ours = through_us(const_cast<sigevent*>(event), mine, true);
  if (ours == &mine) {
    ++threads_expected;
    scheduler::expect_timer();
  }
  const int result = real_mq_notify(queue, ours);
  if (result != 0 && ours == &mine) --threads_expected;
  return result;
}
