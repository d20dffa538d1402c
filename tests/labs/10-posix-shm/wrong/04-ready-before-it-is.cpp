// fails: when the one who prepares dies in the middle, the next prepares the board
// cause: wrong-answer
  if (!header_->is_ready) {
    header_->is_ready = 1;
    prepare(*header_, mapped_ - sizeof(Header));
  }
  ::flock(object, LOCK_UN);
