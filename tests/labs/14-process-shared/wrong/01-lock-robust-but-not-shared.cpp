// fails: what processes do to the buffer is in some order, also when one of them dies
// cause: lock-not-shared
// glibc treats every robust mutex as shared; POSIX does not promise it.
  pthread_mutexattr_t lock;
  ::pthread_mutexattr_init(&lock);
  ::pthread_mutexattr_setrobust(&lock, PTHREAD_MUTEX_ROBUST);
  must(::pthread_mutex_init(&buffer.lock, &lock), "pthread_mutex_init");
  pthread_condattr_t condition;
  ::pthread_condattr_init(&condition);
  ::pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  must(::pthread_cond_init(&buffer.not_empty, &condition), "pthread_cond_init");
  must(::pthread_cond_init(&buffer.not_full, &condition), "pthread_cond_init");
