// fails: under 200 schedules, up to two producers and two consumers: every item once, in order, no race
// cause: race
// The item is taken off and copied when the lock is free again.
  while (buffer.count == 0 && !buffer.is_shut) wait(buffer.not_empty, buffer);
  if (buffer.count == 0) {
    leave(buffer);
    fail(EPIPE, "get");
  }
  const unsigned slot = buffer.first;
  buffer.first = (buffer.first + 1) % buffer.capacity;
  --buffer.count;
  ::pthread_cond_signal(&buffer.not_full);
  leave(buffer);
  Item item;
  copy_item(item, buffer.items[slot]);
  return item;
