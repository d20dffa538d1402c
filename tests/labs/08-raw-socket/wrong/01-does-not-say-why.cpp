// fails: without CAP_NET_RAW it says what is missing
// cause: wrong-output
const int fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
if (fd < 0) throw std::runtime_error("no socket");
return fd;
