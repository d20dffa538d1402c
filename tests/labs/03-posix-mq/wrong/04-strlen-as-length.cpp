// fails: a message arrives whole, whatever bytes it has, also none
// cause: wrong-answer
  const std::size_t length = std::char_traits<char>::length(text.c_str());
  int sent = -1;
  while (sent != 0) {
    sent = patience ? ::mq_timedsend(queue_, text.c_str(), length, priority, &until)
                    : ::mq_send(queue_, text.c_str(), length, priority);
    if (sent != 0 && errno != EINTR) fail("mq_send");
  }
