// RACE by luck
// A signal that the kernel sends: a message has come into the empty queue, data have come to the socket.
#include <mqueue.h>
#include <signal.h>
#include <sys/socket.h>
#include "litmus.hpp"
int main() {
  auto* value = shared<long>(2);
  sigset_t both;
  ::sigemptyset(&both);
  ::sigaddset(&both, SIGUSR1);
  ::sigaddset(&both, SIGIO);
  ::sigprocmask(SIG_BLOCK, &both, nullptr);
  char name[64];
  std::snprintf(name, sizeof name, "/litmus-notify-%d", ::getpid());
  mq_attr attributes{};
  attributes.mq_maxmsg = attributes.mq_msgsize = 8;
  const mqd_t queue = ::mq_open(name, O_CREAT | O_RDWR, 0600, &attributes);
  ::mq_unlink(name);
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  ::mq_notify(queue, &event);
  int ends[2];
  (void)::socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  ::fcntl(ends[0], F_SETOWN, ::getpid());
  ::fcntl(ends[0], F_SETFL, O_ASYNC);
  child([&] {
    value[0] = 1;
    ::mq_send(queue, "one", 3, 0);
#ifdef MENDED
    value[1] = 2;
#endif
    (void)::write(ends[1], "two", 3);
#ifndef MENDED
    value[1] = 2;  // A
#endif
  });
  for (int i = 0; i < 2; ++i) {
    int signal = 0;
    ::sigwait(&both, &signal);
    use(value[signal == SIGIO]);  // B
  }
  reap_all();
}
