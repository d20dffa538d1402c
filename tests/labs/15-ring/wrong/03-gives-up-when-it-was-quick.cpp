// fails: a wake-up that comes before the sleep is not lost
// cause: wrong-answer
  sleeps.exchange(1);
  while (!ready() && sleeps == 1)
    if (futex(sleeps, FUTEX_WAIT, 1) != 0 && errno != EINTR) fail("futex");
  sleeps = 0;
