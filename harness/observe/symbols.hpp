// Names for where a sleeping thread is: the C library function it called, and the line of the program that
// called that. Unwinds the stack with libdw from what /proc shows of the registers: no ptrace, nobody is
// disturbed.
#pragma once

#include <string>
#include <vector>

#include "observe/proc.hpp"

namespace ipclab::observe {

struct CallSite {
  std::string function;  // "pthread_cond_wait"; empty: not told
  std::string where;     // "buffer.cpp:41"; empty: no debug information
};

class Symbols {
 public:
  explicit Symbols(int pid);
  ~Symbols();
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;

  /// Of a thread in a system call.
  CallSite call_site(const RawThread& thread);

 private:
  struct Impl;
  Impl* impl_;
};

}  // namespace ipclab::observe
