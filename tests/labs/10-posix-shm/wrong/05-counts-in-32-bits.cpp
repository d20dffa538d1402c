// fails: what is beyond the board is refused, and the process goes on
// cause: wrong-answer | killed-by-signal
  const auto from = static_cast<std::uint32_t>(at), wanted = static_cast<std::uint32_t>(bytes);
  if (from > header_->bytes || wanted > header_->bytes - from) fail(ERANGE, "beyond the board");
  return header_->text + from;
