// fails: the try forms return at once and say what is missing
// cause: no-sender | stuck | blocks
const int flags = manner.cut ? MSG_NOERROR : 0;
ssize_t size = -1;
while ((size = ::msgrcv(id_, &envelope, manner.most, selector, flags)) < 0)
  if (errno != EINTR) fail("msgrcv");
return {envelope.type, std::string(envelope.text, static_cast<std::size_t>(size))};
