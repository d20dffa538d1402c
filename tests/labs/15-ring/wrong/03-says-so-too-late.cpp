// fails: under 200 schedules no item and no wake-up is lost
// cause: no-signaller | blocks | stuck
  sleeps.store(1, std::memory_order_release);
  while (!ready() && sleeps == 1)
    if (futex(sleeps, FUTEX_WAIT, 1) != 0 && errno != EAGAIN && errno != EINTR) fail("futex");
  sleeps = 0;
