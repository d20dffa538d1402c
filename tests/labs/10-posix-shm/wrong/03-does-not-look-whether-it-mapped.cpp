// fails: an open that fails says why, keeps no descriptor, and the next one works
// cause: killed-by-signal
  while (::flock(object, LOCK_EX) != 0)
    if (errno != EINTR) fail(errno, "flock");
  struct stat now {};
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  mapped_ = static_cast<std::size_t>(now.st_size);
  if (mapped_ == 0) {
    mapped_ = sizeof(Header) + bytes;
    if (::ftruncate(object, static_cast<off_t>(mapped_)) != 0) fail(errno, "ftruncate");
  }
  header_ = static_cast<Header*>(::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0));
