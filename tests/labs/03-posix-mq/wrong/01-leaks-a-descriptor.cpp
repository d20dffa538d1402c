// fails: close lets go of the descriptor
// cause: descriptor-leak
  mq_attr attributes{};
  attributes.mq_maxmsg = capacity;
  attributes.mq_msgsize = size;
  const mqd_t made = ::mq_open(name.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600, &attributes);
  if (made < 0) fail("mq_open");
  queue_ = ::mq_open(name.c_str(), O_RDWR | O_CLOEXEC);
  if (queue_ < 0) fail("mq_open");
