// fails: when the kernel gives no socket for another reason, it says that one
// cause: wrong-output
const int fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
if (fd < 0) throw std::system_error(EPERM, std::generic_category(), "socket");
return fd;
