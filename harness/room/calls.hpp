// The system calls that faults know by name. Names are those of the manual: where the C library turns one
// function into one of several calls (fork: fork, vfork, clone, clone3), the name stands for all of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ipclab::room {

struct Call {
  /// Where the number of bytes that it transfers can be made smaller.
  enum class Count { none, third_argument, fourth_argument, vector, message };

  std::string_view name;
  std::vector<long> numbers;
  bool has_fd = false;  // its first argument is a descriptor
  Count count = Count::none;
  bool maps_fd = false;  // its fifth argument is one: mmap
};

/// Throws std::invalid_argument.
const Call& call_named(std::string_view name);

/// The first name that stands for this number; "system call 230" where none does.
std::string call_name(long number);

/// The descriptor that such a call is made on, by its first argument; -1: on none.
int descriptor_of(long number, std::uint64_t first_argument);

}  // namespace ipclab::room
