// fails: move takes a lock from a dead one, too, be it the first or the second
// cause: wrong-answer
// The second lock is taken past entered(), so the word of a death is thrown, with both locks held.
  enter(from.id < to.id ? from : to);
  if (from.id != to.id) must(::pthread_mutex_lock(from.id < to.id ? &to.lock : &from.lock), "pthread_mutex_lock");
