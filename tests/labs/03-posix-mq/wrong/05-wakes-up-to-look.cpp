// fails: receive sleeps while the queue is empty
// cause: polls
  Message message{std::string(static_cast<std::size_t>(attributes_of(queue_).mq_msgsize), '\0')};
  ssize_t size = -1;
  while (size < 0) {
    const timespec soon = from_now(std::chrono::milliseconds(10));
    size = ::mq_timedreceive(queue_, message.text.data(), message.text.size(), &message.priority, patience ? &until : &soon);
    if (size < 0 && (patience || errno != ETIMEDOUT) && errno != EINTR) fail("mq_receive");
  }
  message.text.resize(static_cast<std::size_t>(size));
  return message;
