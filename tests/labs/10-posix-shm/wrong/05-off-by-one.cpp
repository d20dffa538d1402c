// fails: what is beyond the board is refused, and the process goes on
// cause: wrong-answer
  if (at >= header_->bytes || bytes > header_->bytes - at) fail(ERANGE, "beyond the board");
  return header_->text + at;
