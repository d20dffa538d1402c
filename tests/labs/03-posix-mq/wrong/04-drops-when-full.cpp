// fails: send sleeps while the queue is full
// cause: does-not-block
  static_cast<void>(patience);
  const timespec now{};
  static_cast<void>(until);
  while (::mq_timedsend(queue_, text.data(), text.size(), priority, &now) != 0) {
    if (errno == ETIMEDOUT) return;
    if (errno != EINTR) fail("mq_send");
  }
