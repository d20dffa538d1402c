// fails: shut wakes everybody who waits
// cause: no-signaller | blocks | wrong-answer
  while (buffer.count == buffer.capacity) wait(buffer.not_full, buffer);
  copy_item(buffer.items[(buffer.first + buffer.count) % buffer.capacity], item);
  ++buffer.count;
  ::pthread_cond_signal(&buffer.not_empty);
  leave(buffer);
