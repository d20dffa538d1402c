// fails: a socket that takes a dead one's place leaves no descriptor open
// cause: descriptor-leak
  Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  const int probe = ::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket.get() < 0 || probe < 0) fail("socket");
  int bound = ::bind(socket.get(), pointer(address), address.size);
  if (bound != 0 && errno == EADDRINUSE && is_socket_file(name)) {
    const bool stale = ::connect(probe, pointer(address), address.size) != 0 && errno == ECONNREFUSED;
    if (!stale) ::close(probe);
    if (!stale) fail_with(EADDRINUSE, "bind");
    ::unlink(name.c_str());
    bound = ::bind(socket.get(), pointer(address), address.size);
  }
  else ::close(probe);
  if (bound != 0) fail("bind");
  if (type == SOCK_STREAM && ::listen(socket.get(), kBacklog) != 0) fail("listen");
  return socket;
