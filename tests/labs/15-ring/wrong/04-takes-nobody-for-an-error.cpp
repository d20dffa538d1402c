// fails: a wake-up that comes before the sleep is not lost
// cause: wrong-answer
  if (futex(sleeps, FUTEX_WAKE, 1) != 1) fail("futex");
