// fails: a sleep that is interrupted goes on
// cause: does-not-block | wrong-answer
  sleeps.exchange(1);
  while (!ready() && sleeps == 1)
    if (futex(sleeps, FUTEX_WAIT, 1) != 0 && errno != EAGAIN) fail("futex");
  sleeps = 0;
