// A child of the test that does one thing, and ends with the test's scope.
#pragma once

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "observe/proc.hpp"

namespace ipclab::observe {

class Forked {
 public:
  explicit Forked(const std::function<void()>& body) : pid_(::fork()) {
    if (pid_ == 0) {
      body();
      ::_exit(0);
    }
  }
  ~Forked() { end(); }
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;

  int pid() const { return pid_; }

  void end() {
    if (pid_) ::kill(pid_, SIGKILL);
    join();
  }
  /// Waits for it to end by itself.
  void join() {
    if (pid_) ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  /// Looks until its first thread sleeps in that system call. A minute is an upper bound, nothing else.
  RawThread asleep_in(long number) const {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (std::chrono::steady_clock::now() < limit) {
      const auto process = read_process(pid_);
      if (process && !process->threads.empty()) {
        const RawThread& thread = process->threads.front();
        if (thread.state == 'S' && thread.in_call && thread.number == number) return thread;
      }
      std::this_thread::yield();
    }
    FAIL("it never fell asleep in system call " << number);
    return {};
  }

 private:
  pid_t pid_;
};

/// A T in memory that children share.
template <typename T>
T* make_shared_memory() {
  void* memory = ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  return new (memory) T;
}

}  // namespace ipclab::observe
