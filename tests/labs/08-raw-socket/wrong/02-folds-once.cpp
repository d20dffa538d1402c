// fails: the checksum is right, also where adding the carries carries again
// cause: wrong-output
std::uint32_t sum = 0;
for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? byte_at(bytes, i) << 8 : byte_at(bytes, i);
sum = (sum & 0xffff) + (sum >> 16);
return static_cast<std::uint16_t>(~sum);
