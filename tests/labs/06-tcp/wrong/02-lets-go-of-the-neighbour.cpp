// fails: clients that leave at the same moment take nobody with them
// cause: wrong-answer | no-sender
  for (;;) {
    std::vector<pollfd> polled{{door.get(), POLLIN, 0}};
    for (const Client& client : clients) {
      const int input = client.ended ? 0 : POLLIN, output = client.output.empty() ? 0 : POLLOUT;
      polled.push_back({client.socket.get(), static_cast<short>(input | output), 0});
    }
    if (::poll(polled.data(), polled.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      const short seen = polled[i + 1].revents;
      if ((seen & POLLIN) && !clients[i].ended) receive_from(clients[i], store);
      if (!clients[i].output.empty()) send_to(clients[i]);
      if ((seen & (POLLHUP | POLLERR)) || clients[i].broken || (clients[i].ended && clients[i].output.empty()))
        clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (auto client = accept_from(door)) clients.push_back(std::move(*client));
  }
