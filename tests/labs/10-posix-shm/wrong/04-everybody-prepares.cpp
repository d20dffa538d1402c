// fails: a board that is there is opened as it is, with its size and its text
// cause: wrong-answer
  prepare(*header_, mapped_ - sizeof(Header));
  header_->is_ready = 1;
  ::flock(object, LOCK_UN);
