// fails: the board outlives those who made it
// cause: wrong-answer
  if (!header_->is_ready) prepare(*header_, mapped_ - sizeof(Header));
  ::flock(object, LOCK_UN);
