// fails: an interrupted send and an interrupted receive go on
// cause: wrong-answer
envelope.type = message.type;
std::memcpy(envelope.text, message.text.data(), message.text.size());
if (::msgsnd(id_, &envelope, message.text.size(), wait ? 0 : IPC_NOWAIT) < 0) fail("msgsnd");
