// fails: every item is copied once on its way in, and once on its way out
// cause: wrong-answer
  while (buffer.count == 0 && !buffer.is_shut) wait(buffer.not_empty, buffer);
  if (buffer.count == 0) {
    leave(buffer);
    fail(EPIPE, "get");
  }
  Item copy, item;
  copy_item(copy, buffer.items[buffer.first]);
  copy_item(item, copy);
  buffer.first = (buffer.first + 1) % buffer.capacity;
  --buffer.count;
  ::pthread_cond_signal(&buffer.not_full);
  leave(buffer);
  return item;
