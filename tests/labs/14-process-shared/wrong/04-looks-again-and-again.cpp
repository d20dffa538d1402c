// fails: get sleeps while the buffer is empty
// cause: spins | polls
  while (buffer.count == 0 && !buffer.is_shut) {
    leave(buffer);
    enter(buffer);
  }
  if (buffer.count == 0) {
    leave(buffer);
    fail(EPIPE, "get");
  }
  Item item;
  copy_item(item, buffer.items[buffer.first]);
  buffer.first = (buffer.first + 1) % buffer.capacity;
  --buffer.count;
  ::pthread_cond_signal(&buffer.not_full);
  leave(buffer);
  return item;
