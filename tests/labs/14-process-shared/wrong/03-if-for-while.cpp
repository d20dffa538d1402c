// fails: a wake-up without a reason changes nothing
// cause: does-not-block
  if (buffer.count == buffer.capacity && !buffer.is_shut) wait(buffer.not_full, buffer);
  if (buffer.is_shut) {
    leave(buffer);
    fail(EPIPE, "put");
  }
  copy_item(buffer.items[(buffer.first + buffer.count) % buffer.capacity], item);
  ++buffer.count;
  ::pthread_cond_signal(&buffer.not_empty);
  leave(buffer);
