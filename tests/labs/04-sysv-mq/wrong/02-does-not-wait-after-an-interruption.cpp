// fails: an interrupted wait goes on as it was
// cause: does-not-block
envelope.type = message.type;
std::memcpy(envelope.text, message.text.data(), message.text.size());
while (::msgsnd(id_, &envelope, message.text.size(), wait ? 0 : IPC_NOWAIT) < 0) {
  if (errno != EINTR) fail("msgsnd");
  wait = false;
}
