// fails: one producer and one consumer: every item once, in order
// cause: wrong-answer
  while (buffer.count == 0 && !buffer.is_shut) wait(buffer.not_empty, buffer);
  if (buffer.count == 0) {
    leave(buffer);
    fail(EPIPE, "get");
  }
  Item item;
  copy_item(item, buffer.items[(buffer.first + buffer.count - 1) % buffer.capacity]);
  --buffer.count;
  ::pthread_cond_signal(&buffer.not_full);
  leave(buffer);
  return item;
