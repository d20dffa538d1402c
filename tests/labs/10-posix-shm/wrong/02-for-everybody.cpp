// fails: ls, stat and cmp see the board in /dev/shm, for its owner only
// cause: wrong-output
  object = ::shm_open(name.c_str(), O_RDWR | O_CREAT, 0666);
  if (object < 0) fail(errno, "shm_open");
