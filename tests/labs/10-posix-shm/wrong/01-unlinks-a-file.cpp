// fails: after unlink the name is free, and who has the board open keeps it
// cause: wrong-answer
  if (::unlink(name.c_str()) != 0) fail(errno, "unlink");
