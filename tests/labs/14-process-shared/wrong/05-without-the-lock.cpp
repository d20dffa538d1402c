// fails: what processes do to the buffer is in some order, also when one of them dies
// cause: race
  leave(buffer);
  buffer.is_shut = true;
  ::pthread_cond_broadcast(&buffer.not_empty);
  ::pthread_cond_broadcast(&buffer.not_full);
