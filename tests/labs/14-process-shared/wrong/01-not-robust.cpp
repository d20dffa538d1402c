// fails: a process that dies in the middle of a put leaves a usable buffer
// cause: owner-dead
  pthread_mutexattr_t lock;
  ::pthread_mutexattr_init(&lock);
  ::pthread_mutexattr_setpshared(&lock, PTHREAD_PROCESS_SHARED);
  must(::pthread_mutex_init(&buffer.lock, &lock), "pthread_mutex_init");
  pthread_condattr_t condition;
  ::pthread_condattr_init(&condition);
  ::pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  must(::pthread_cond_init(&buffer.not_empty, &condition), "pthread_cond_init");
  must(::pthread_cond_init(&buffer.not_full, &condition), "pthread_cond_init");
