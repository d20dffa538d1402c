// fails: what one process writes another reads, at every place
// cause: lock-held
  if (!header_->is_ready) {
    prepare(*header_, mapped_ - sizeof(Header));
    header_->is_ready = 1;
  }
