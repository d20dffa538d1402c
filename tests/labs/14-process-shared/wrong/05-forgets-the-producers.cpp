// fails: shut wakes everybody who waits
// cause: no-signaller | blocks
  buffer.is_shut = true;
  ::pthread_cond_broadcast(&buffer.not_empty);
  leave(buffer);
