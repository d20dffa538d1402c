// fails: unlink of a name that is not there is refused
// cause: wrong-answer
  ::shm_unlink(name.c_str());
