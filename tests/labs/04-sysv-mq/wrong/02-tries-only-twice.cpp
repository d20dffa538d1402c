// fails: an interrupted send and an interrupted receive go on
// cause: wrong-answer
envelope.type = message.type;
std::memcpy(envelope.text, message.text.data(), message.text.size());
const int flags = wait ? 0 : IPC_NOWAIT;
int result = ::msgsnd(id_, &envelope, message.text.size(), flags);
if (result < 0 && errno == EINTR) result = ::msgsnd(id_, &envelope, message.text.size(), flags);
if (result < 0) fail("msgsnd");
