// fails: the highest priority comes first, and within one the oldest
// cause: wrong-answer
  static_cast<void>(priority);
  int sent = -1;
  while (sent != 0) {
    sent = patience ? ::mq_timedsend(queue_, text.data(), text.size(), 0, &until)
                    : ::mq_send(queue_, text.data(), text.size(), 0);
    if (sent != 0 && errno != EINTR) fail("mq_send");
  }
