// fails: a board that is there is opened as it is, with its size and its text
// cause: wrong-answer
  while (::flock(object, LOCK_EX) != 0)
    if (errno != EINTR) fail(errno, "flock");
  struct stat now {};
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  mapped_ = static_cast<std::size_t>(now.st_size);
  if (mapped_ < sizeof(Header) + bytes) {
    mapped_ = sizeof(Header) + bytes;
    if (::ftruncate(object, static_cast<off_t>(mapped_)) != 0) fail(errno, "ftruncate");
  }
  void* memory = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
  if (memory == MAP_FAILED) fail(errno, "mmap");
  header_ = static_cast<Header*>(memory);
