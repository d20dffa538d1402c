// fails: receive sleeps while the queue is empty
// cause: spins
  static_cast<void>(until);
  mq_attr nonblocking{};
  nonblocking.mq_flags = O_NONBLOCK;
  ::mq_setattr(queue_, &nonblocking, nullptr);
  Message message{std::string(static_cast<std::size_t>(attributes_of(queue_).mq_msgsize), '\0')};
  ssize_t size = -1;
  while (size < 0) {
    size = ::mq_receive(queue_, message.text.data(), message.text.size(), &message.priority);
    if (size < 0 && errno == EAGAIN && patience) fail("mq_receive");
    if (size < 0 && errno != EAGAIN && errno != EINTR) fail("mq_receive");
  }
  message.text.resize(static_cast<std::size_t>(size));
  return message;
