// fails: a message that await found by itself is not told to the next await
// cause: does-not-block
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  if (::mq_notify(queue_, &event) != 0) fail("mq_notify");
  if (attributes_of(queue_).mq_curmsgs > 0) {
    ::mq_notify(queue_, nullptr);
    return;
  }
  sigset_t notification;
  sigemptyset(&notification);
  sigaddset(&notification, SIGUSR1);
  while (::sigwaitinfo(&notification, nullptr) < 0 && errno == EINTR) {
  }
