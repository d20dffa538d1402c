// fails: a datagram is one parcel, never a part and never two
// cause: killed-by-signal
  ssize_t size = -1;
  while ((size = ::recvmsg(box.get(), &message, MSG_CMSG_CLOEXEC)) < 0)
    if (errno != EINTR) fail("recvmsg");
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  Parcel parcel{std::string(text, static_cast<std::size_t>(size)), {}};
  if (fd >= 0) parcel.file = Fd(fd);
  return parcel;
