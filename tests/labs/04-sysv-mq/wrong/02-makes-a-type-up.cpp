// fails: what cannot be sent is refused, and the desk goes on
// cause: wrong-answer
envelope.type = message.type;
std::memcpy(envelope.text, message.text.data(), message.text.size());
if (envelope.type < 1) envelope.type = 1;
while (::msgsnd(id_, &envelope, message.text.size(), wait ? 0 : IPC_NOWAIT) < 0)
  if (errno != EINTR) fail("msgsnd");
