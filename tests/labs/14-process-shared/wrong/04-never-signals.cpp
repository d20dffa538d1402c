// fails: put sleeps while the buffer is full
// cause: no-signaller | blocks
  while (buffer.count == 0 && !buffer.is_shut) wait(buffer.not_empty, buffer);
  if (buffer.count == 0) {
    leave(buffer);
    fail(EPIPE, "get");
  }
  Item item;
  copy_item(item, buffer.items[buffer.first]);
  buffer.first = (buffer.first + 1) % buffer.capacity;
  --buffer.count;
  leave(buffer);
  return item;
