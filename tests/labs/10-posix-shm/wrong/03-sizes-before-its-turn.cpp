// fails: who comes between the making and the sizing of the object sees no board without a size
// cause: wrong-answer | killed-by-signal
  struct stat now {};
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  if (now.st_size == 0 && ::ftruncate(object, static_cast<off_t>(sizeof(Header) + bytes)) != 0) fail(errno, "ftruncate");
  while (::flock(object, LOCK_EX) != 0)
    if (errno != EINTR) fail(errno, "flock");
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  mapped_ = static_cast<std::size_t>(now.st_size);
  void* memory = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
  if (memory == MAP_FAILED) fail(errno, "mmap");
  header_ = static_cast<Header*>(memory);
