// fails: get sleeps while the ring is empty
// cause: polls | sleeps
  while (!ready()) ::usleep(1000);
  sleeps = 0;
