// fails: a message arrives whole, whatever bytes it has, also none
// cause: wrong-answer
  Message message{std::string(100, '\0')};
  ssize_t size = -1;
  while (size < 0) {
    size = patience ? ::mq_timedreceive(queue_, message.text.data(), message.text.size(), &message.priority, &until)
                    : ::mq_receive(queue_, message.text.data(), message.text.size(), &message.priority);
    if (size < 0 && errno != EINTR) fail("mq_receive");
  }
  message.text.resize(static_cast<std::size_t>(size));
  return message;
