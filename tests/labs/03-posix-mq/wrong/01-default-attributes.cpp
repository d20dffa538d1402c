// fails: open makes a queue of the size that is asked for, or opens the one that is there
// cause: wrong-answer
  static_cast<void>(capacity);
  static_cast<void>(size);
  queue_ = ::mq_open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600, nullptr);
  if (queue_ < 0) fail("mq_open");
