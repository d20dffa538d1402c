// fails: an open that fails says why, keeps no descriptor, and the next one works
// cause: closed-twice
  while (::flock(object, LOCK_EX) != 0)
    if (errno != EINTR) fail(errno, "flock");
  struct stat now {};
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  mapped_ = static_cast<std::size_t>(now.st_size);
  const auto give_up = [&](const char* what) {
    const int error = errno;
    ::close(object);
    fail(error, what);
  };
  if (mapped_ == 0) {
    mapped_ = sizeof(Header) + bytes;
    if (::ftruncate(object, static_cast<off_t>(mapped_)) != 0) give_up("ftruncate");
  }
  void* memory = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
  if (memory == MAP_FAILED) give_up("mmap");
  header_ = static_cast<Header*>(memory);
