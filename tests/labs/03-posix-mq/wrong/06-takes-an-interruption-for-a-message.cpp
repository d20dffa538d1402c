// fails: an interrupted await sleeps on
// cause: does-not-block
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  if (::mq_notify(queue_, &event) != 0) fail("mq_notify");
  if (attributes_of(queue_).mq_curmsgs > 0) {
    const timespec now{};
    ::mq_notify(queue_, nullptr);
    sigset_t pending;
    sigemptyset(&pending);
    sigaddset(&pending, SIGUSR1);
    ::sigtimedwait(&pending, nullptr, &now);
    return;
  }
  sigset_t notification;
  sigemptyset(&notification);
  sigaddset(&notification, SIGUSR1);
  ::sigwaitinfo(&notification, nullptr);
