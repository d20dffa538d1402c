// fails: move takes a lock from a dead one, too, be it the first or the second
// cause: wrong-answer
  must(::pthread_mutex_lock(from.id < to.id ? &from.lock : &to.lock), "pthread_mutex_lock");
  if (from.id != to.id) enter(from.id < to.id ? to : from);
