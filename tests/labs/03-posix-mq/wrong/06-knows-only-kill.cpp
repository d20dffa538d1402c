// fails: a SIGUSR1 that no message has sent ends no await
// cause: does-not-block
// sigqueue(3) is somebody else, too.
  sigset_t notification;
  sigemptyset(&notification);
  sigaddset(&notification, SIGUSR1);
  const timespec now{};
  while (::sigtimedwait(&notification, nullptr, &now) > 0) {
  }
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  if (::mq_notify(queue_, &event) != 0) fail("mq_notify");
  if (attributes_of(queue_).mq_curmsgs > 0) {
    ::mq_notify(queue_, nullptr);
    return;
  }
  siginfo_t info{};
  while (::sigwaitinfo(&notification, &info) < 0 || info.si_code == SI_USER) {
  }
