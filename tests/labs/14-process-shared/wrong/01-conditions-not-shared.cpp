// fails: get sleeps while the buffer is empty
// cause: waits-privately
  pthread_mutexattr_t lock;
  ::pthread_mutexattr_init(&lock);
  ::pthread_mutexattr_setpshared(&lock, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_setrobust(&lock, PTHREAD_MUTEX_ROBUST);
  must(::pthread_mutex_init(&buffer.lock, &lock), "pthread_mutex_init");
  pthread_condattr_t condition;
  ::pthread_condattr_init(&condition);
  must(::pthread_cond_init(&buffer.not_empty, &condition), "pthread_cond_init");
  must(::pthread_cond_init(&buffer.not_full, &condition), "pthread_cond_init");
