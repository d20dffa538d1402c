// fails: a move from a buffer to itself makes its oldest item the newest
// cause: locked-by-itself
  enter(from.id < to.id ? from : to);
  enter(from.id < to.id ? to : from);
