// fails: when the one who prepares dies in the middle, the next prepares the board
// cause: wrong-answer
  if (header_->bytes == 0) {
    prepare(*header_, mapped_ - sizeof(Header));
    header_->is_ready = 1;
  }
  ::flock(object, LOCK_UN);
