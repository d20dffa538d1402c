// fails: get sleeps while the ring is empty
// cause: polls | sleeps
  sleeps.exchange(1);
  const timespec nap{0, 2'000'000};
  while (!ready()) ::syscall(SYS_futex, &sleeps, FUTEX_WAIT, 1, &nap, nullptr, 0);
  sleeps = 0;
