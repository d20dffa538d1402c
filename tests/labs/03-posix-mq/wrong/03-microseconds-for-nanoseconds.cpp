// fails: a receive for a time sleeps on the queue until a message comes
// cause: wrong-answer
  timespec moment{};
  ::clock_gettime(CLOCK_REALTIME, &moment);
  moment.tv_sec += patience.count() / 1000;
  moment.tv_nsec += patience.count() % 1000 * 1000;
  if (moment.tv_nsec >= 1'000'000'000) {
    moment.tv_sec += 1;
    moment.tv_nsec -= 1'000'000'000;
  }
  return moment;
