// fails: receive sleeps while the queue is empty
// cause: polls | sleeps
  Message message{std::string(static_cast<std::size_t>(attributes_of(queue_).mq_msgsize), '\0')};
  const timespec now{}, nap{0, 10'000'000};
  ssize_t size = -1;
  while (size < 0) {
    size = ::mq_timedreceive(queue_, message.text.data(), message.text.size(), &message.priority, patience ? &until : &now);
    if (size < 0 && (patience || errno != ETIMEDOUT) && errno != EINTR) fail("mq_receive");
    if (size < 0) ::nanosleep(&nap, nullptr);
  }
  message.text.resize(static_cast<std::size_t>(size));
  return message;
