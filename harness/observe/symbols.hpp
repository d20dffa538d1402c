// Names for where a sleeping thread is: the C library function it called, and the line of the program that
// called that. Reads the stack for return addresses (no ptrace, nobody is disturbed) and looks them up with
// libdw.
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

  CallSite call_site(std::uint64_t stack_pointer);

 private:
  struct Impl;
  Impl* impl_;
};

}  // namespace ipclab::observe
