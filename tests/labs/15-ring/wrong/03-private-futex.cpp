// fails: who sleeps is woken, every time
// cause: waits-privately
  sleeps.exchange(1);
  while (!ready() && sleeps == 1)
    if (futex(sleeps, FUTEX_WAIT_PRIVATE, 1) != 0 && errno != EAGAIN && errno != EINTR) fail("futex");
  sleeps = 0;
