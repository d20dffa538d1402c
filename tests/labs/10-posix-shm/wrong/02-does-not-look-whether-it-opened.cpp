// fails: an open that fails says why, keeps no descriptor, and the next one works
// cause: wrong-answer
  object = ::shm_open(name.c_str(), O_RDWR | O_CREAT, 0600);
