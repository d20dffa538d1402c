#include "check/status.hpp"

#include <fmt/format.h>
#include <string.h>
#include <sys/wait.h>

namespace ipclab::check {

std::string signal_name(int number) {
  const char* name = ::sigabbrev_np(number);
  return name ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

std::string describe_status(int status) {
  if (WIFSIGNALED(status)) return "is killed by " + signal_name(WTERMSIG(status));
  return fmt::format("ends with exit status {}", WEXITSTATUS(status));
}

int shell_status(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

}  // namespace ipclab::check
