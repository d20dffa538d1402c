// fails: an interrupted send and an interrupted receive go on
// cause: wrong-answer
const int flags = (manner.wait ? 0 : IPC_NOWAIT) | (manner.cut ? MSG_NOERROR : 0);
ssize_t size = ::msgrcv(id_, &envelope, manner.most, selector, flags);
if (size < 0 && errno == EINTR) size = ::msgrcv(id_, &envelope, manner.most, selector, flags);
if (size < 0) fail("msgrcv");
return {envelope.type, std::string(envelope.text, static_cast<std::size_t>(size))};
