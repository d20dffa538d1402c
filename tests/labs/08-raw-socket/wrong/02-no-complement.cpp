// fails: the checksum is right, whatever the length
// cause: wrong-output
std::uint32_t sum = 0;
for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? byte_at(bytes, i) << 8 : byte_at(bytes, i);
while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
return static_cast<std::uint16_t>(sum);
