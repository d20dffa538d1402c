// Strings that other functions of the library read for the caller.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ipclab::race {

/// Up to its end, at most `most` bytes of it.
void count_string_read(const char* text, std::size_t most, std::uint64_t place);

}  // namespace ipclab::race
