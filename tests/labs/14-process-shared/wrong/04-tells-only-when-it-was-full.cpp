// fails: two that sleep and two that bring what they sleep for: nobody is left asleep
// cause: no-signaller
  while (buffer.count == 0 && !buffer.is_shut) wait(buffer.not_empty, buffer);
  if (buffer.count == 0) {
    leave(buffer);
    fail(EPIPE, "get");
  }
  Item item;
  copy_item(item, buffer.items[buffer.first]);
  buffer.first = (buffer.first + 1) % buffer.capacity;
  if (buffer.count-- == buffer.capacity) ::pthread_cond_signal(&buffer.not_full);
  leave(buffer);
  return item;
