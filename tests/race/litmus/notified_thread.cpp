// RACE
// The thread of a notification takes the message, and tells main; nobody is stuck meanwhile.
#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>
#include "litmus.hpp"
static mqd_t queue;
static sem_t taken;
static long* value;
static void take(sigval) {
  char text[8];
  (void)::mq_receive(queue, text, sizeof text, nullptr);
  use(*value);  // A
  ::sem_post(&taken);
}
int main() {
  value = shared<long>();
  ::sem_init(&taken, 0, 0);
  char name[64];
  std::snprintf(name, sizeof name, "/litmus-thread-%d", ::getpid());
  mq_attr attributes{};
  attributes.mq_maxmsg = attributes.mq_msgsize = 8;
  queue = ::mq_open(name, O_CREAT | O_RDWR, 0600, &attributes);
  ::mq_unlink(name);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD;
  event.sigev_notify_function = take;
  ::mq_notify(queue, &event);
  child([&] {
#ifdef MENDED
    *value = 1;
#endif
    ::mq_send(queue, "one", 3, 0);
#ifndef MENDED
    *value = 1;  // B
#endif
    ::_exit(0);  // without a fflush, which others could notice
  });
  while (::sem_wait(&taken) != 0) {
  }
#ifdef MENDED
  *value += 1;
#endif
  reap_all();
}
