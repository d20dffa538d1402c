// fails: a name that somebody has is refused, and its owner goes on
// cause: wrong-answer
  Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) fail("socket");
  int bound = ::bind(socket.get(), pointer(address), address.size);
  if (bound != 0 && errno == EADDRINUSE && is_socket_file(name)) {
    ::unlink(name.c_str());
    bound = ::bind(socket.get(), pointer(address), address.size);
  }
  if (bound != 0) fail("bind");
  if (type == SOCK_STREAM && ::listen(socket.get(), kBacklog) != 0) fail("listen");
  return socket;
