// fails: a wake-up without a reason changes nothing
// cause: does-not-block
  if (buffer.count == 0 && !buffer.is_shut) wait(buffer.not_empty, buffer);
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
