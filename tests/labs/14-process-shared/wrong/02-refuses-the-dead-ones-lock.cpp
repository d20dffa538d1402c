// fails: a process that dies in the middle of a put leaves a usable buffer
// cause: wrong-answer | lock-held | blocks | stuck | locked-by-itself
  must(result, "pthread_mutex_lock");
