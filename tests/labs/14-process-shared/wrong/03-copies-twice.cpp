// fails: every item is copied once on its way in, and once on its way out
// cause: wrong-answer
  while (buffer.count == buffer.capacity && !buffer.is_shut) wait(buffer.not_full, buffer);
  if (buffer.is_shut) {
    leave(buffer);
    fail(EPIPE, "put");
  }
  Item copy;
  copy_item(copy, item);
  copy_item(buffer.items[(buffer.first + buffer.count) % buffer.capacity], copy);
  ++buffer.count;
  ::pthread_cond_signal(&buffer.not_empty);
  leave(buffer);
