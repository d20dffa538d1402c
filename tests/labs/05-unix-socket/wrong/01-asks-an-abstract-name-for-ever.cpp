// fails: an abstract name that somebody has is refused, whatever files there are
// cause: spins | polls
  for (;;) {
    Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0 || probe.get() < 0) fail("socket");
    if (::bind(socket.get(), pointer(address), address.size) == 0) {
      if (type == SOCK_STREAM && ::listen(socket.get(), kBacklog) != 0) fail("listen");
      return socket;
    }
    if (errno != EADDRINUSE) fail("bind");
    // A stream finds no box under an abstract name: each kind has names of its own.
    const bool stale = ::connect(probe.get(), pointer(address), address.size) != 0 && errno == ECONNREFUSED;
    if (!stale || (!is_abstract(name) && !is_socket_file(name))) fail_with(EADDRINUSE, "bind");
    ::unlink(name.c_str());
  }
