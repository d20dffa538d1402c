// fails: await sleeps until a message comes to the empty queue, every time
// cause: no-signal | blocks | stuck
  static bool asked = false;
  if (attributes_of(queue_).mq_curmsgs > 0) return;
  if (!asked) {
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGUSR1;
    if (::mq_notify(queue_, &event) != 0) fail("mq_notify");
    asked = true;
  }
  sigset_t notification;
  sigemptyset(&notification);
  sigaddset(&notification, SIGUSR1);
  while (::sigwaitinfo(&notification, nullptr) < 0 && errno == EINTR) {
  }
