// submit [-n] PATH TEXT
//
// Given: writes one record into the FIFO at PATH. With -n it waits for nothing.

#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

#include "log.hpp"

int main(int argc, char** argv) try {
  std::vector<std::string> words(argv + 1, argv + argc);
  const bool wait = words.empty() || words[0] != "-n";
  if (!wait) words.erase(words.begin());
  if (words.size() != 2 || words[1].find('\n') != std::string::npos) {
    std::fprintf(stderr, "usage: submit [-n] PATH TEXT      (the text is one line)\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a reader that has left is an error here (EPIPE), not a death
  send_record(words[0], words[1], wait);
  return 0;
} catch (const std::system_error& error) {
  const char* name = ::strerrorname_np(error.code().value());
  std::fprintf(stderr, "submit: %s (%s)\n", error.what(), name ? name : "?");
  return 1;
}
