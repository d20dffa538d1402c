// fails: a file that comes in a parcel can be read, also when its name is gone
// cause: wrong-answer
  ssize_t size = -1;
  while ((size = ::recv(box.get(), text, sizeof text, MSG_TRUNC)) < 0)
    if (errno != EINTR) fail("recv");
  if (size > static_cast<ssize_t>(sizeof text)) fail_with(EMSGSIZE, "recv");
  return {std::string(text, static_cast<std::size_t>(size)), {}};
