// fails: a message arrives whole, whatever bytes it has, also none
// cause: wrong-answer
envelope.type = 1;
std::memcpy(envelope.text, message.text.data(), message.text.size());
while (::msgsnd(id_, &envelope, message.text.size(), wait ? 0 : IPC_NOWAIT) < 0)
  if (errno != EINTR) fail("msgsnd");
