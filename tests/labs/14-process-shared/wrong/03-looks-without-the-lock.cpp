// fails: under 200 schedules, up to two producers and two consumers: every item once, in order, no race
// cause: race
// A look from before the lock, to save the wait.
  leave(buffer);
  while (buffer.count == buffer.capacity && !buffer.is_shut) {
    enter(buffer);
    if (buffer.count == buffer.capacity && !buffer.is_shut) wait(buffer.not_full, buffer);
    leave(buffer);
  }
  enter(buffer);
  while (buffer.count == buffer.capacity && !buffer.is_shut) wait(buffer.not_full, buffer);
  if (buffer.is_shut) {
    leave(buffer);
    fail(EPIPE, "put");
  }
  copy_item(buffer.items[(buffer.first + buffer.count) % buffer.capacity], item);
  ++buffer.count;
  ::pthread_cond_signal(&buffer.not_empty);
  leave(buffer);
