// fails: a message arrives whole, whatever bytes it has, also none
// cause: wrong-answer
envelope.type = message.type;
std::memcpy(envelope.text, message.text.data(), message.text.size());
const std::size_t length = std::strlen(message.text.c_str());
while (::msgsnd(id_, &envelope, length, wait ? 0 : IPC_NOWAIT) < 0)
  if (errno != EINTR) fail("msgsnd");
