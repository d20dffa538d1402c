// fails: a process that dies in the middle of a put leaves a usable buffer
// cause: wrong-answer | does-not-block
  while (buffer.count == buffer.capacity && !buffer.is_shut) wait(buffer.not_full, buffer);
  if (buffer.is_shut) {
    leave(buffer);
    fail(EPIPE, "put");
  }
  ++buffer.count;
  copy_item(buffer.items[(buffer.first + buffer.count - 1) % buffer.capacity], item);
  ::pthread_cond_signal(&buffer.not_empty);
  leave(buffer);
