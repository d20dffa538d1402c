// fails: a parcel that is refused leaves no file open
// cause: descriptor-leak
  ssize_t size = -1;
  while ((size = ::recvmsg(box.get(), &message, MSG_CMSG_CLOEXEC)) < 0)
    if (errno != EINTR) fail("recvmsg");
  Parcel parcel{std::string(text, static_cast<std::size_t>(size)), {}};
  if (cmsghdr* header = CMSG_FIRSTHDR(&message); header && header->cmsg_type == SCM_RIGHTS) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    parcel.file = Fd(fd);
    if (header->cmsg_len > CMSG_LEN(sizeof fd)) fail_with(EBADMSG, "recvmsg");
  }
  if (message.msg_flags & MSG_TRUNC) fail_with(EMSGSIZE, "recvmsg");
  if (message.msg_flags & MSG_CTRUNC) fail_with(EBADMSG, "recvmsg");
  return parcel;
