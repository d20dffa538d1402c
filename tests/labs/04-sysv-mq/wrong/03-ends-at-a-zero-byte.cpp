// fails: a message arrives whole, whatever bytes it has, also none
// cause: wrong-answer
const int flags = (manner.wait ? 0 : IPC_NOWAIT) | (manner.cut ? MSG_NOERROR : 0);
ssize_t size = -1;
while ((size = ::msgrcv(id_, &envelope, manner.most, selector, flags)) < 0)
  if (errno != EINTR) fail("msgrcv");
return {envelope.type, std::string(envelope.text, strnlen(envelope.text, static_cast<std::size_t>(size)))};
