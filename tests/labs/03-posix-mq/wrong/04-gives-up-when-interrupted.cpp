// fails: an interrupted send and an interrupted receive go on
// cause: wrong-answer
  const int sent = patience ? ::mq_timedsend(queue_, text.data(), text.size(), priority, &until)
                            : ::mq_send(queue_, text.data(), text.size(), priority);
  if (sent != 0) fail("mq_send");
