// fails: a board larger than any is refused, and the next one is opened
// cause: killed-by-signal | wrong-answer
  while (::flock(object, LOCK_EX) != 0)
    if (errno != EINTR) fail(errno, "flock");
  struct stat now {};
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  mapped_ = static_cast<std::size_t>(now.st_size);
  if (mapped_ == 0) {
    mapped_ = sizeof(Header) + bytes;
    if (::ftruncate(object, static_cast<off_t>(mapped_)) != 0) fail(errno, "ftruncate");
  }
  void* memory = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
  if (memory == MAP_FAILED) {
    const int error = errno;
    if (now.st_size == 0 && ::ftruncate(object, 0) != 0) fail(errno, "ftruncate");
    fail(error, "mmap");
  }
  header_ = static_cast<Header*>(memory);
