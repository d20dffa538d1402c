// fails: a port that is free can be had, and one that has a server is refused
// cause: wrong-exit-status
  Fd door(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (door.get() < 0) fail("socket");
  const int on = 1;
  if (::setsockopt(door.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) fail("setsockopt");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  if (::bind(door.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (::listen(door.get(), kBacklog) != 0) fail("listen");
  return door;
