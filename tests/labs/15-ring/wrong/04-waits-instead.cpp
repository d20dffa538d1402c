// fails: who sleeps is woken, every time
// cause: no-signaller | blocks | stuck | spins
  if (futex(sleeps, FUTEX_WAIT, 0) < 0) fail("futex");
