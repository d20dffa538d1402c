// fails: under 100 schedules, three that open at once have one board, also when one of them dies
// cause: race
// Ready is read without a lock, and without acquire.
  struct stat now {};
  const auto map = [&] {
    mapped_ = static_cast<std::size_t>(now.st_size);
    void* memory = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
    if (memory == MAP_FAILED) fail(errno, "mmap");
    header_ = static_cast<Header*>(memory);
  };
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  if (now.st_size > 0) map();
  if (header_ && header_->is_ready.load(std::memory_order_relaxed)) return;
  while (::flock(object, LOCK_EX) != 0)
    if (errno != EINTR) fail(errno, "flock");
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  if (now.st_size == 0 && ::ftruncate(object, static_cast<off_t>(sizeof(Header) + bytes)) != 0) fail(errno, "ftruncate");
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  if (!header_) map();
