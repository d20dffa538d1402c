// fails: a client who does not read its answers stops nobody, and loses none
// cause: blocks-elsewhere
  for (std::size_t done = 0; done < client.output.size();) {
    const ssize_t taken = ::send(client.socket.get(), client.output.data() + done, client.output.size() - done, MSG_NOSIGNAL);
    pollfd room{client.socket.get(), POLLOUT, 0};
    if (taken > 0) done += static_cast<std::size_t>(taken);
    else if (errno == EAGAIN) ::poll(&room, 1, -1);
    else if (errno != EINTR) client.broken = true;
    if (client.broken) return;
  }
  client.output.clear();
