// fails: a SIGUSR1 that no message has sent ends no await
// cause: does-not-block
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  sigset_t notification;
  sigemptyset(&notification);
  sigaddset(&notification, SIGUSR1);
  if (::mq_notify(queue_, &event) != 0) fail("mq_notify");
  if (attributes_of(queue_).mq_curmsgs > 0) {
    const timespec now{};
    ::mq_notify(queue_, nullptr);
    ::sigtimedwait(&notification, nullptr, &now);
    return;
  }
  while (::sigwaitinfo(&notification, nullptr) < 0 && errno == EINTR) {
  }
  ::mq_notify(queue_, nullptr);
