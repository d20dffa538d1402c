// fails: the kernel counts each message once, and the bytes of its text only
// cause: wrong-output
envelope.type = message.type;
std::memcpy(envelope.text, message.text.data(), message.text.size());
while (::msgsnd(id_, &envelope, sizeof envelope.type + message.text.size(), wait ? 0 : IPC_NOWAIT) < 0)
  if (errno != EINTR) fail("msgsnd");
