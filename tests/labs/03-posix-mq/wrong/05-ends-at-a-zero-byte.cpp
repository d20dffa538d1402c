// fails: a message arrives whole, whatever bytes it has, also none
// cause: wrong-answer
  Message message{std::string(static_cast<std::size_t>(attributes_of(queue_).mq_msgsize), '\0')};
  ssize_t size = -1;
  while (size < 0) {
    size = patience ? ::mq_timedreceive(queue_, message.text.data(), message.text.size(), &message.priority, &until)
                    : ::mq_receive(queue_, message.text.data(), message.text.size(), &message.priority);
    if (size < 0 && errno != EINTR) fail("mq_receive");
  }
  message.text = std::string(message.text.c_str());
  return message;
