// fails: while one prepares the board, everybody else sleeps, and then finds it ready
// cause: does-not-block
  ::flock(object, LOCK_UN);
  if (!header_->is_ready) {
    prepare(*header_, mapped_ - sizeof(Header));
    header_->is_ready = 1;
  }
