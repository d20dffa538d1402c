// RACE
// A FIFO, opened by name on both sides.
#include <sys/stat.h>
#include <string>
#include "litmus.hpp"
int main() {
  auto* value = shared<int>();
  const std::string name = "/tmp/litmus-fifo-" + std::to_string(::getpid());
  ::mkfifo(name.c_str(), 0600);
  child([&] {
    const int in = ::open(name.c_str(), O_RDONLY);
    char byte;
    (void)::read(in, &byte, 1);
    use(*value);  // A
  });
  const int out = ::open(name.c_str(), O_WRONLY);
#ifdef MENDED
  *value = 1;
#endif
  (void)::write(out, "x", 1);
#ifndef MENDED
  *value = 1;  // B
#endif
  reap_all();
  ::unlink(name.c_str());
}
