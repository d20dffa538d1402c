// fails: a buffer that is shut stays so when one dies in it
// cause: wrong-answer
// What the dead one has left is taken for a fresh buffer.
  if (result == EOWNERDEAD) {
    buffer.is_shut = false;
    result = ::pthread_mutex_consistent(&buffer.lock);
  }
  must(result, "pthread_mutex_lock");
