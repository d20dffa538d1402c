// fails: get sleeps while the ring is empty
// cause: spins | polls
  sleeps.exchange(1);
  while (!ready() && sleeps == 1)
    if (futex(sleeps, FUTEX_WAIT, 0) != 0 && errno != EAGAIN && errno != EINTR) fail("futex");
  sleeps = 0;
