// fails: receive sleeps until a message of the type comes that it asks for
// cause: spins | polls
const int flags = (manner.wait ? 0 : IPC_NOWAIT) | (manner.cut ? MSG_NOERROR : 0);
ssize_t size = -1;
for (;;) {
  while ((size = ::msgrcv(id_, &envelope, manner.most, selector < 0 ? selector : 0, flags)) < 0)
    if (errno != EINTR) fail("msgrcv");
  if (selector <= 0 || envelope.type == selector) break;
  ::msgsnd(id_, &envelope, static_cast<std::size_t>(size), 0);
}
return {envelope.type, std::string(envelope.text, static_cast<std::size_t>(size))};
