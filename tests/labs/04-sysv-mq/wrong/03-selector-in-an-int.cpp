// fails: a type may be as large as a long
// cause: wrong-answer
const int type = static_cast<int>(selector);
const int flags = (manner.wait ? 0 : IPC_NOWAIT) | (manner.cut ? MSG_NOERROR : 0);
ssize_t size = -1;
while ((size = ::msgrcv(id_, &envelope, manner.most, type, flags)) < 0)
  if (errno != EINTR) fail("msgrcv");
return {envelope.type, std::string(envelope.text, static_cast<std::size_t>(size))};
