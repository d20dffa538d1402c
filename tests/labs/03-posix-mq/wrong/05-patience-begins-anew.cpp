// fails: an interrupted receive for a time waits for the rest of the time
// cause: wrong-answer
  static_cast<void>(until);
  Message message{std::string(static_cast<std::size_t>(attributes_of(queue_).mq_msgsize), '\0')};
  ssize_t size = -1;
  while (size < 0) {
    const timespec moment = patience ? from_now(*patience) : timespec{};
    size = patience ? ::mq_timedreceive(queue_, message.text.data(), message.text.size(), &message.priority, &moment)
                    : ::mq_receive(queue_, message.text.data(), message.text.size(), &message.priority);
    if (size < 0 && errno != EINTR) fail("mq_receive");
  }
  message.text.resize(static_cast<std::size_t>(size));
  return message;
