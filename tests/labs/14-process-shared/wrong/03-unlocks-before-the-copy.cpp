// fails: nobody enters while an item is being copied
// cause: does-not-block | wrong-answer
  while (buffer.count == buffer.capacity && !buffer.is_shut) wait(buffer.not_full, buffer);
  if (buffer.is_shut) {
    leave(buffer);
    fail(EPIPE, "put");
  }
  Item& slot = buffer.items[(buffer.first + buffer.count) % buffer.capacity];
  ++buffer.count;
  leave(buffer);
  copy_item(slot, item);
  enter(buffer);
  ::pthread_cond_signal(&buffer.not_empty);
  leave(buffer);
