// fails: an interrupted send for a time waits for the rest of the time
// cause: wrong-answer
  static_cast<void>(until);
  int sent = -1;
  while (sent != 0) {
    const timespec moment = patience ? from_now(*patience) : timespec{};
    sent = patience ? ::mq_timedsend(queue_, text.data(), text.size(), priority, &moment)
                    : ::mq_send(queue_, text.data(), text.size(), priority);
    if (sent != 0 && errno != EINTR) fail("mq_send");
  }
