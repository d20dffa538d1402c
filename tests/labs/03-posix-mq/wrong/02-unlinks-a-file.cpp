// fails: unlink takes the name away, and a new queue of that name is empty
// cause: wrong-answer
  if (::unlink(name.c_str()) != 0) fail("unlink");
