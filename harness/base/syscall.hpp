// System calls of the harness itself: a failure that nobody expected is an exception that says which call it
// was. Not for the time between fork and exec.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace ipclab {

/// What a failed call left in errno, as an exception: "what: No such file or directory".
[[noreturn]] inline void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// The result of a call that answers -1 on failure. Throws std::system_error.
template <typename Result>
Result checked(Result result, const char* what) {
  if (result == Result(-1)) throw_errno(what);
  return result;
}

/// Repeats a call that was interrupted by a signal (signal(7), "Interruption of system calls").
template <typename Call>
auto retried(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

}  // namespace ipclab
