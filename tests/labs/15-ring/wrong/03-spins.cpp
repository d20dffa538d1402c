// fails: get sleeps while the ring is empty
// cause: spins
  while (!ready()) continue;
  sleeps = 0;
