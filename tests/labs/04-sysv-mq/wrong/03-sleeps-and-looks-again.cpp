// fails: receive sleeps until a message of the type comes that it asks for
// cause: polls | sleeps
const int flags = (manner.wait ? 0 : IPC_NOWAIT) | (manner.cut ? MSG_NOERROR : 0);
ssize_t size = -1;
while ((size = ::msgrcv(id_, &envelope, manner.most, selector, flags | IPC_NOWAIT)) < 0) {
  if (errno != EINTR && (errno != ENOMSG || !manner.wait)) fail("msgrcv");
  ::usleep(10'000);
}
return {envelope.type, std::string(envelope.text, static_cast<std::size_t>(size))};
