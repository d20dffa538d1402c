// fails: who sleeps on a condition while the lock's owner dies is handed the lock, and goes on
// cause: wrong-answer
  while (buffer.count == 0 && !buffer.is_shut) ::pthread_cond_wait(&buffer.not_empty, &buffer.lock);
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
