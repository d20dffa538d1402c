// Numbers as text where printf cannot be called: it is one of the functions that the runtime stands in front
// of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ipclab::race {

/// In decimal, behind the text that is there: 20 digits and the zero must have room.
inline void append_number(char* to, std::uint64_t value) {
  char digits[20];
  int n = 0;
  for (; value || n == 0; value /= 10) digits[n++] = static_cast<char>('0' + value % 10);
  std::size_t at = std::strlen(to);
  while (n > 0) to[at++] = digits[--n];
  to[at] = '\0';
}

}  // namespace ipclab::race
