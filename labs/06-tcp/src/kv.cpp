// kv PORT          serves until it is ended by a signal
// kv --try PORT    only tries whether the port can be had
//
// Given.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "server.hpp"

int main(int argc, char** argv) try {
  const bool only_try = argc == 3 && std::string(argv[1]) == "--try";
  const long port = argc == 2 || only_try ? std::strtol(argv[argc - 1], nullptr, 10) : 0;
  if (port < 1 || port > 65535) {
    std::fprintf(stderr, "usage: kv [--try] PORT\n");
    return 2;
  }
  const Fd door = listen_on(static_cast<std::uint16_t>(port));
  if (only_try) return 0;
  serve(door);
} catch (const std::exception& error) {
  std::fprintf(stderr, "kv: %s\n", error.what());
  return 1;
}
