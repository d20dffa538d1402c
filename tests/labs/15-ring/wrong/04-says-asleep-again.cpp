// fails: who has slept and was woken costs no system calls later
// cause: too-many-calls
  if (futex(sleeps, FUTEX_WAKE, 1) < 0) fail("futex");
  sleeps.exchange(1);
