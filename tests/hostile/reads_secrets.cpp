// Tries to read the project (its first argument) and the memory of process 1. Exit status: how often it
// succeeded.

#include <dirent.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>
#include <string>

int main(int argc, char** argv) {
  int successes = 0;
  if (argc > 1)
    for (const char* part : {"/solutions", "/labs/01-pipe/checks/1-command.cpp", "/tests", "/README.md"})
      successes += ::open((std::string(argv[1]) + part).c_str(), O_RDONLY) >= 0;
  char byte = 0;
  const int memory = ::open("/proc/1/mem", O_RDONLY);
  successes += memory >= 0 && ::pread(memory, &byte, 1, 0x400000) > 0;
  successes +=
      ::open("/proc/1/maps", O_RDONLY) >= 0 && ::read(::open("/proc/1/maps", O_RDONLY), &byte, 1) > 0;
  successes += ::ptrace(PTRACE_SEIZE, 1, nullptr, nullptr) == 0;
  const iovec local{&byte, 1}, remote{reinterpret_cast<void*>(0x400000), 1};
  successes += ::process_vm_readv(1, &local, 1, &remote, 1, 0) > 0;
  return successes;
}
