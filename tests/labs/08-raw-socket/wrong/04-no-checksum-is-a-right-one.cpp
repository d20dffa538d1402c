// fails: a reply whose checksum is wrong is no reply
// cause: wrong-output
const std::size_t header = (byte_at(packet, 0) & 0x0f) * 4;
if (packet.size() < header + kIcmp) return std::nullopt;
if (source != question.host) return std::nullopt;
const std::string icmp = packet.substr(header);
if (byte_at(icmp, 0) != 0 || byte_at(icmp, 1) != 0) return std::nullopt;
if (number_at(icmp, 4) != question.id) return std::nullopt;
if (number_at(icmp, 6) != question.sequence) return std::nullopt;
if (number_at(icmp, 2) != 0 && checksum(icmp) != 0) return std::nullopt;
return ttl;
