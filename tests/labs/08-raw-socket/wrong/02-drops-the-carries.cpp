// fails: the checksum is right, whatever the length
// cause: wrong-output
std::uint16_t sum = 0;
for (std::size_t i = 0; i < bytes.size(); ++i)
  sum = static_cast<std::uint16_t>(sum + (i % 2 == 0 ? byte_at(bytes, i) << 8 : byte_at(bytes, i)));
return static_cast<std::uint16_t>(~sum);
