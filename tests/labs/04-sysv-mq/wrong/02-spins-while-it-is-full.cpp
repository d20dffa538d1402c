// fails: send sleeps while the queue is full
// cause: spins
envelope.type = message.type;
std::memcpy(envelope.text, message.text.data(), message.text.size());
while (::msgsnd(id_, &envelope, message.text.size(), IPC_NOWAIT) < 0)
  if (errno != EINTR && (errno != EAGAIN || !wait)) fail("msgsnd");
