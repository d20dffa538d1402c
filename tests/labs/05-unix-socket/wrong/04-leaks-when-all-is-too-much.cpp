// fails: a parcel that is refused leaves no file open
// cause: descriptor-leak
  ssize_t size = -1;
  while ((size = ::recvmsg(box.get(), &message, MSG_CMSG_CLOEXEC)) < 0)
    if (errno != EINTR) fail("recvmsg");
  std::vector<Fd> files;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const int* fds = reinterpret_cast<const int*>(CMSG_DATA(header));
    for (std::size_t i = 0; i < (header->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++i)
      files.emplace_back(fds[i]);
  }
  if (message.msg_flags & MSG_TRUNC && files.size() > 1) new Fd(std::move(files.back()));
  if (message.msg_flags & MSG_TRUNC) fail_with(EMSGSIZE, "recvmsg");
  if (files.size() > 1 || (message.msg_flags & MSG_CTRUNC)) fail_with(EBADMSG, "recvmsg");
  Parcel parcel{std::string(text, static_cast<std::size_t>(size)), {}};
  if (!files.empty()) parcel.file = std::move(files.front());
  return parcel;
