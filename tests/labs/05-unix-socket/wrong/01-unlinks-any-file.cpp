// fails: a file that is no socket is refused, and stays as it is
// cause: wrong-answer
  Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) fail("socket");
  if (!is_abstract(name)) ::unlink(name.c_str());
  int bound = ::bind(socket.get(), pointer(address), address.size);
  if (bound != 0) fail("bind");
  if (type == SOCK_STREAM && ::listen(socket.get(), kBacklog) != 0) fail("listen");
  return socket;
