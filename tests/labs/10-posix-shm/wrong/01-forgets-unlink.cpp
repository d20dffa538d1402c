// fails: after unlink the name is free, and who has the board open keeps it
// cause: left-behind
  static_cast<void>(name);
