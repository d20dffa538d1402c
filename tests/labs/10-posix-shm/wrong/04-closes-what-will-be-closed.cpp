// fails: a board that is open has no descriptor any more
// cause: closed-twice
  if (!header_->is_ready) {
    prepare(*header_, mapped_ - sizeof(Header));
    header_->is_ready = 1;
  }
  ::flock(object, LOCK_UN);
  ::close(object);
