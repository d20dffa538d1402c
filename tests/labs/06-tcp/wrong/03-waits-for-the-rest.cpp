// fails: a client who is silent, or has sent half a request, stops nobody
// cause: no-sender | blocks | stuck
  for (char byte = 0; byte != '\n';) {
    const ssize_t size = ::recv(client.socket.get(), &byte, 1, 0);
    if (size == 0) client.ended = true;
    if (size < 0 && errno != EAGAIN && errno != EINTR) client.broken = true;
    if (client.ended || client.broken) return;
    pollfd more{client.socket.get(), POLLIN, 0};
    if (size < 0) ::poll(&more, 1, -1);
    else client.input += byte;
  }
  client.input.pop_back();
  client.output += store.answer(std::exchange(client.input, "")) + "\n";
