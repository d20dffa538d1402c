// fails: open makes a queue of the size that is asked for, or opens the one that is there
// cause: wrong-answer
  mq_attr attributes{};
  attributes.mq_maxmsg = capacity;
  attributes.mq_msgsize = size;
  queue_ = ::mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attributes);
  if (queue_ < 0) fail("mq_open");
