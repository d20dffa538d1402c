// fails: the server listens on its port, and sleeps until somebody comes
// cause: polls
  for (;;) {
    std::vector<pollfd> polled{{door.get(), POLLIN, 0}};
    for (const Client& client : clients) {
      const int input = client.ended ? 0 : POLLIN, output = client.output.empty() ? 0 : POLLOUT;
      polled.push_back({client.socket.get(), static_cast<short>(input | output), 0});
    }
    if (::poll(polled.data(), polled.size(), 60'000) < 0) continue;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (polled[i + 1].revents && !clients[i].ended) receive_from(clients[i], store);
      if (!clients[i].output.empty()) send_to(clients[i]);
    }
    std::erase_if(clients, [](const Client& c) { return c.broken || (c.ended && c.output.empty()); });
    if (auto client = accept_from(door)) clients.push_back(std::move(*client));
  }
