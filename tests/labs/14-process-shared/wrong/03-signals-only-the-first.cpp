// fails: two items that are put at once wake two consumers
// cause: no-signaller | blocks
  while (buffer.count == buffer.capacity && !buffer.is_shut) wait(buffer.not_full, buffer);
  if (buffer.is_shut) {
    leave(buffer);
    fail(EPIPE, "put");
  }
  copy_item(buffer.items[(buffer.first + buffer.count) % buffer.capacity], item);
  ++buffer.count;
  if (buffer.count == 1) ::pthread_cond_signal(&buffer.not_empty);
  leave(buffer);
