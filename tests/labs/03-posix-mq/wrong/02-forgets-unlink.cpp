// fails: unlink takes the name away, and a new queue of that name is empty
// cause: left-behind
  static_cast<void>(name);
