// fails: a board that is there is opened as it is, with its size and its text
// cause: wrong-answer | killed-by-signal
  object = ::shm_open(name.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (object < 0) fail(errno, "shm_open");
