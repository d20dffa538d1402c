// fails: who sleeps is woken, every time
// cause: no-signaller | blocks | stuck
  if (futex(sleeps, FUTEX_WAKE_PRIVATE, 1) < 0) fail("futex");
