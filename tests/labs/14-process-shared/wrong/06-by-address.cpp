// fails: moves in opposite directions never wait for each other for ever
// cause: lock-cycle
  enter(&from < &to ? from : to);
  enter(&from < &to ? to : from);
