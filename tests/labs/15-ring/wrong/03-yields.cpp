// fails: get sleeps while the ring is empty
// cause: spins | polls
  while (!ready()) ::syscall(SYS_sched_yield);
  sleeps = 0;
