// fails: a reply with another code than 0 is no reply
// cause: wrong-output
const std::size_t header = (byte_at(packet, 0) & 15) * 4;
  if (header < kLeastIp || packet.size() < header + kIcmp) return std::nullopt;
  if (source != question.host) return std::nullopt;
  const std::string icmp = packet.substr(header);
  if (byte_at(icmp, 0) != 0) return std::nullopt;
  if (checksum(icmp) != 0) return std::nullopt;
  if (number_at(icmp, 4) != question.id || number_at(icmp, 6) != question.sequence) return std::nullopt;
  return ttl;
