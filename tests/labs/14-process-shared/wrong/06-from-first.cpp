// fails: moves in opposite directions never wait for each other for ever
// cause: lock-cycle
  enter(from);
  enter(to);
