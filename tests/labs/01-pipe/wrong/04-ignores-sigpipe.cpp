// fails: SIGPIPE ends @count as it ends a program
// cause: wrong-exit-status
    ::signal(SIGPIPE, SIG_IGN);
    char buffer[16384];
    long long copied = 0;
    for (;;) {
      const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return -1;
      if (got == 0) return copied;
      for (ssize_t done = 0; done < got;) {
        const ssize_t taken = ::write(STDOUT_FILENO, buffer + done, static_cast<std::size_t>(got - done));
        if (taken < 0 && errno != EINTR) return -1;
        if (taken > 0) done += taken;
      }
      copied += got;
    }
