// fails: moves in opposite directions never wait for each other for ever
// cause: spins
  for (;;) {
    if (::pthread_mutex_trylock(&from.lock) != 0) continue;
    if (from.id == to.id || ::pthread_mutex_trylock(&to.lock) == 0) break;
    leave(from);
  }
