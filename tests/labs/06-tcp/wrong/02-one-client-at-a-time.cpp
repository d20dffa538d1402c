// fails: a client who is silent, or has sent half a request, stops nobody
// cause: no-sender | blocks | stuck
  for (;;) {
    pollfd waiting{door.get(), POLLIN, 0};
    if (::poll(&waiting, 1, -1) < 0) continue;
    auto accepted = accept_from(door);
    if (!accepted) continue;
    Client client = std::move(*accepted);
    while (!client.broken && !(client.ended && client.output.empty())) {
      const int input = client.ended ? 0 : POLLIN, output = client.output.empty() ? 0 : POLLOUT;
      pollfd polled{client.socket.get(), static_cast<short>(input | output), 0};
      if (::poll(&polled, 1, -1) < 0) continue;
      if (!client.ended) receive_from(client, store);
      if (!client.output.empty()) send_to(client);
    }
  }
