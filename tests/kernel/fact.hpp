// What the facts are written in: a child that does one thing, seen asleep in a system call. Without the
// harness: a fact must not stand on what stands on it.
#pragma once

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

/// Ends the fact with status 1, naming what does not hold.
#define HOLDS(...) \
  ((__VA_ARGS__) ? (void)0 : (std::printf("line %d: %s\n", __LINE__, #__VA_ARGS__), std::exit(1)))

inline constexpr int kCannotBeTried = 77;

inline std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <typename Body>
pid_t forked(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // also when a fact does not hold
    body();
    ::_exit(0);
  }
  return child;
}

inline int status_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

inline void end(pid_t child) {
  ::kill(child, SIGKILL);
  status_of(child);
}

/// /proc/PID/syscall once the child sleeps in that call.
inline std::string asleep_in(pid_t child, long call) {
  const std::string directory = "/proc/" + std::to_string(child);
  const std::string wanted = std::to_string(call) + " ";
  for (;;) {
    const std::string text = text_of(directory + "/syscall");
    if (text.starts_with(wanted) && text_of(directory + "/stat").find(") S ") != std::string::npos)
      return text;
    ::sched_yield();
  }
}
