// fails: each request is an echo request with its own sequence number and one identifier
// cause: mechanism-not-used
const int fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
if (fd < 0) throw_errno("raw socket");
return fd;
