// fails: an interrupted await sleeps on
// cause: does-not-block
// It takes what is pending before it asks; only the wait itself can be interrupted.
  sigset_t notification;
  sigemptyset(&notification);
  sigaddset(&notification, SIGUSR1);
  const timespec now{};
  while (::sigtimedwait(&notification, nullptr, &now) > 0) {
  }
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  do {
    if (::mq_notify(queue_, &event) != 0) fail("mq_notify");
    if (attributes_of(queue_).mq_curmsgs == 0 && ::sigwaitinfo(&notification, nullptr) < 0) fail("sigwaitinfo");
    ::mq_notify(queue_, nullptr);
  } while (attributes_of(queue_).mq_curmsgs == 0);
