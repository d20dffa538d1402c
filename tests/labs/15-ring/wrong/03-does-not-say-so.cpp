// fails: who sleeps is woken, every time
// cause: no-signaller | blocks | stuck
  while (!ready())
    if (futex(sleeps, FUTEX_WAIT, 0) != 0 && errno != EAGAIN && errno != EINTR) fail("futex");
