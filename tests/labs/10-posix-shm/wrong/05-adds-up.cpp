// fails: what is beyond the board is refused, and the process goes on
// cause: wrong-answer | killed-by-signal
  if (at + bytes > header_->bytes) fail(ERANGE, "beyond the board");
  return header_->text + at;
