// fails: shut wakes everybody who waits
// cause: no-signaller | blocks
  buffer.is_shut = true;
  ::pthread_cond_signal(&buffer.not_empty);
  ::pthread_cond_signal(&buffer.not_full);
  leave(buffer);
