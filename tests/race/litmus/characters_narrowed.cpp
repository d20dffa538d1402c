// RACE
// std::ctype keeps what it has computed, without a lock: that is the library's own affair.
#include <locale>
#include <thread>
#include "litmus.hpp"
int main() {
  long value = 0;
  const auto work = [&] {
    const auto& type = std::use_facet<std::ctype<char>>(std::locale::classic());
    for (char c = 'a'; c <= 'z'; ++c) use(type.narrow(c, '?'));
#ifndef MENDED
    value += 1;  // A B
#endif
  };
  std::thread one(work), two(work);
  one.join();
  two.join();
  use(value);
}
