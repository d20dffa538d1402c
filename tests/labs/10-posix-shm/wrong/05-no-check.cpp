// fails: what is beyond the board is refused, and the process goes on
// cause: killed-by-signal | wrong-answer
  static_cast<void>(bytes);
  return header_->text + at;
