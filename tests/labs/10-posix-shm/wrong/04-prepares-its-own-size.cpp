// fails: when the one who prepares dies in the middle, the next prepares the board
// cause: killed-by-signal | wrong-answer
  if (!header_->is_ready) {
    prepare(*header_, bytes);
    header_->is_ready = 1;
  }
  ::flock(object, LOCK_UN);
