// fails: receive sleeps until a message of the type comes that it asks for
// cause: does-not-block
const int flags = IPC_NOWAIT | (manner.cut ? MSG_NOERROR : 0);
ssize_t size = -1;
while ((size = ::msgrcv(id_, &envelope, manner.most, selector, flags)) < 0)
  if (errno != EINTR) fail("msgrcv");
return {envelope.type, std::string(envelope.text, static_cast<std::size_t>(size))};
