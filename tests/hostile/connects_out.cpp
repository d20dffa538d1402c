// Tries to leave the room by the network. Exit status 0: there is no way out.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(80);
  ::inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);  // RFC 5737: for documentation
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}
