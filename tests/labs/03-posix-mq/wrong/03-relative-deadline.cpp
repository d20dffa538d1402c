// fails: a receive for a time sleeps on the queue until a message comes
// cause: does-not-block
  timespec moment{};
  moment.tv_sec = patience.count() / 1000;
  moment.tv_nsec = patience.count() % 1000 * 1'000'000;
  return moment;
