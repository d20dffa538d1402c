// fails: the try forms return at once and say what is missing
// cause: no-receiver | stuck | blocks | all-writers-full
static_cast<void>(wait);
envelope.type = message.type;
std::memcpy(envelope.text, message.text.data(), message.text.size());
while (::msgsnd(id_, &envelope, message.text.size(), 0) < 0)
  if (errno != EINTR) fail("msgsnd");
