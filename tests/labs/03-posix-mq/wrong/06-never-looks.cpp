// fails: await returns at once when there is a message already
// cause: no-signal | blocks | stuck
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  if (::mq_notify(queue_, &event) != 0) fail("mq_notify");
  sigset_t notification;
  sigemptyset(&notification);
  sigaddset(&notification, SIGUSR1);
  while (::sigwaitinfo(&notification, nullptr) < 0 && errno == EINTR) {
  }
