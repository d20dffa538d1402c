// The program made of a lab's checks. `ipclab check` runs it once per check:
//   --list        a JSON array of CheckInfo on standard output
//   --run NAME    runs this check alone and writes its CheckResult as JSON to descriptor 3 (standard output
//   when there
//                 is none); exit status 0 whatever the learner's program did

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "base/syscall.hpp"
#include "check/decorators.hpp"
#include "check/outcome.hpp"
#include "check/reporter.hpp"
#include "model/json.hpp"

using namespace ipclab;

namespace {

constexpr int kResultFd = 3;

int list() {
  fmt::print("{}\n", nlohmann::json(check::all_checks()).dump(2));
  return 0;
}

/// Commas separate doctest's filters; a name may have them.
std::string as_filter(const std::string& name) {
  std::string filter;
  for (const char c : name) {
    if (c == ',' || c == '\\') filter += '\\';
    filter += c;
  }
  return filter;
}

int run(const CheckInfo& info, int result_fd) {
  doctest::Context context;
  check::outcome().begins(info.name);
  context.addFilter("test-case", as_filter(info.name).c_str());
  context.setOption("reporters", check::reporter());
  context.run();
  const std::string result = nlohmann::json(check::outcome().result(info)).dump() + "\n";
  for (std::string_view rest = result; !rest.empty();) {
    const ssize_t n = retried([&] { return ::write(result_fd, rest.data(), rest.size()); });
    if (n <= 0) return 1;
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  if (argc == 2 && std::strcmp(argv[1], "--list") == 0) return list();
  if (argc == 3 && std::strcmp(argv[1], "--run") == 0) {
    const auto checks = check::all_checks();
    const auto found = std::ranges::find(checks, argv[2], &CheckInfo::name);
    if (found == checks.end()) {
      fmt::print(stderr, "{}: no check of that name: {}\n", argv[0], argv[2]);
      return 2;
    }
    // Inherited by nobody: results never travel where a learner's process can reach.
    const bool channel = ::fcntl(kResultFd, F_SETFD, FD_CLOEXEC) == 0;
    return run(*found, channel ? kResultFd : STDOUT_FILENO);
  }
  fmt::print(stderr, "usage: {} --list | --run NAME\n", argv[0]);
  return 2;
}
