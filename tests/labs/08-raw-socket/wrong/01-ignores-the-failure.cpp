// fails: without CAP_NET_RAW it says what is missing
// cause: wrong-output
return ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
