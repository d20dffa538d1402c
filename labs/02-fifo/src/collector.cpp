// collector PATH OUT
//
// Given: collects what comes through the FIFO at PATH in the file OUT, until SIGTERM.

#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "log.hpp"

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: collector PATH OUT\n");
    return 2;
  }
  // Blocked from the start: one that comes too early waits until the collector is ready for it.
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, nullptr);
  collect(argv[1], argv[2]);
  return 0;
} catch (const std::system_error& error) {
  const char* name = ::strerrorname_np(error.code().value());
  std::fprintf(stderr, "collector: %s (%s)\n", error.what(), name ? name : "?");
  return 1;
}
