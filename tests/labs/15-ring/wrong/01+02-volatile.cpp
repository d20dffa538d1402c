// fails: everything that both sides touch is in order
// cause: race
  auto& put_count = reinterpret_cast<volatile std::uint64_t&>(ring.put_count);
  auto& got_count = reinterpret_cast<volatile std::uint64_t&>(ring.got_count);
  if (put_count - got_count == ring.capacity) return false;
  ring.slots()[put_count % ring.capacity] = item;
  put_count = put_count + 1;
// TODO(2)
  auto& put_count = reinterpret_cast<volatile std::uint64_t&>(ring.put_count);
  auto& got_count = reinterpret_cast<volatile std::uint64_t&>(ring.got_count);
  if (put_count == got_count) return false;
  item = ring.slots()[got_count % ring.capacity];
  got_count = got_count + 1;
