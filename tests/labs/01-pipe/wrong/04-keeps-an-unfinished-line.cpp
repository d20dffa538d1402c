// fails: @count hands on what has come before it waits for more
// cause: no-sender | blocks | wrong-output | child-stuck | stuck
    std::string line;
    long long copied = 0;
    const auto hand_on = [&] {
      for (std::size_t done = 0; done < line.size();) {
        const ssize_t taken = ::write(STDOUT_FILENO, line.data() + done, line.size() - done);
        if (taken < 0 && errno != EINTR) return false;
        if (taken > 0) done += static_cast<std::size_t>(taken);
      }
      copied += static_cast<long long>(line.size());
      line.clear();
      return true;
    };
    for (char c;;) {
      const ssize_t got = ::read(STDIN_FILENO, &c, 1);
      if (got < 0 && errno != EINTR) return -1;
      if (got == 0) return hand_on() ? copied : -1;
      if (got > 0) line += c;
      if (got > 0 && (c == '\n' || line.size() == 4096) && !hand_on()) return -1;
    }
