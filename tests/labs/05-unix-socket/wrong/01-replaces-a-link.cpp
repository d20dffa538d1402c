// fails: a directory, or a link to nowhere or to a dead socket, is refused, and stays
// cause: wrong-answer
// What refuses is what the link leads to; what is removed is the link.
  Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  const Fd probe(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0 || probe.get() < 0) fail("socket");
  int bound = ::bind(socket.get(), pointer(address), address.size);
  if (bound != 0 && errno == EADDRINUSE) {
    const bool stale =
        ::connect(probe.get(), pointer(address), address.size) != 0 && errno == ECONNREFUSED && !is_abstract(name);
    if (!stale) fail_with(EADDRINUSE, "bind");
    ::unlink(name.c_str());
    bound = ::bind(socket.get(), pointer(address), address.size);
  }
  if (bound != 0) fail("bind");
  if (type == SOCK_STREAM && ::listen(socket.get(), kBacklog) != 0) fail("listen");
  return socket;
