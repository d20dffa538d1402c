// fails: a move from a buffer to itself makes its oldest item the newest
// cause: wrong-answer
  if (from.id == to.id) return;
  enter(from.id < to.id ? from : to);
  enter(from.id < to.id ? to : from);
