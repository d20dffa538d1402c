// fails: who sleeps on a condition while the lock's owner dies is handed the lock, and goes on
// cause: does-not-block
  while (buffer.count == buffer.capacity && !buffer.is_shut)
    must(::pthread_cond_wait(&buffer.not_full, &buffer.lock), "pthread_cond_wait");
  if (buffer.is_shut) {
    leave(buffer);
    fail(EPIPE, "put");
  }
  copy_item(buffer.items[(buffer.first + buffer.count) % buffer.capacity], item);
  ++buffer.count;
  ::pthread_cond_signal(&buffer.not_empty);
  leave(buffer);
