// fails: a producer that is slow after its wake-up call leaves no consumer asleep
// cause: no-signaller | blocks
  leave(buffer);
  ::pthread_cond_signal(&buffer.not_empty);
  enter(buffer);
  while (buffer.count == buffer.capacity && !buffer.is_shut) wait(buffer.not_full, buffer);
  if (buffer.is_shut) {
    leave(buffer);
    fail(EPIPE, "put");
  }
  copy_item(buffer.items[(buffer.first + buffer.count) % buffer.capacity], item);
  ++buffer.count;
  leave(buffer);
