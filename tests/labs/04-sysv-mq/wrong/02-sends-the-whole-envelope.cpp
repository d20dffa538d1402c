// fails: the kernel counts each message once, and the bytes of its text only
// cause: wrong-output | does-not-block | wrong-answer | all-writers-full | no-receiver | stuck
envelope.type = message.type;
std::memcpy(envelope.text, message.text.data(), message.text.size());
while (::msgsnd(id_, &envelope, sizeof envelope.text, wait ? 0 : IPC_NOWAIT) < 0)
  if (errno != EINTR) fail("msgsnd");
