// fails: a type may be as large as a long
// cause: wrong-answer
const int type = static_cast<int>(message.type);
envelope.type = type;
std::memcpy(envelope.text, message.text.data(), message.text.size());
while (::msgsnd(id_, &envelope, message.text.size(), wait ? 0 : IPC_NOWAIT) < 0)
  if (errno != EINTR) fail("msgsnd");
