// fails: a process that dies in the middle of a put leaves a usable buffer
// cause: wrong-answer | does-not-block
  if (result != EOWNERDEAD) must(result, "pthread_mutex_lock");
