// fails: the kernel shows the queue in /dev/mqueue, with the bytes that are in it
// cause: wrong-output
  mq_attr attributes{};
  attributes.mq_maxmsg = capacity;
  attributes.mq_msgsize = size;
  queue_ = ::mq_open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644, &attributes);
  if (queue_ < 0) fail("mq_open");
