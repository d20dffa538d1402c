// fails: what cannot be sent is refused, and the desk goes on
// cause: wrong-answer
envelope.type = message.type;
std::memcpy(envelope.text, message.text.data(), message.text.size());
while (::msgsnd(id_, &envelope, message.text.size(), wait ? 0 : IPC_NOWAIT) < 0 && errno == EINTR) continue;
