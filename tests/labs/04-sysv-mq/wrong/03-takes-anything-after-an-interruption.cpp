// fails: an interrupted wait goes on as it was
// cause: does-not-block
const int flags = (manner.wait ? 0 : IPC_NOWAIT) | (manner.cut ? MSG_NOERROR : 0);
ssize_t size = -1;
while ((size = ::msgrcv(id_, &envelope, manner.most, selector, flags)) < 0) {
  if (errno != EINTR) fail("msgrcv");
  selector = 0;
}
return {envelope.type, std::string(envelope.text, static_cast<std::size_t>(size))};
