// The runtime's own beginning, before any constructor of the program or of its libraries.
#include "race/runtime/process.hpp"
#include "race/runtime/task.hpp"
#include "race/runtime/zygote.hpp"

namespace {

/// The C library is not set up yet: `environ` is still empty.
void begin(int, char**, char** environment) {
  for (char** entry = environment; *entry; ++entry)
    if (const int socket = ipclab::race::zygote_socket(*entry); socket >= 0) {
      ipclab::race::serve_as_zygote(socket);
      for (; *entry; ++entry) *entry = entry[1];  // for nobody else
      break;
    }
  for (; *environment; ++environment)
    if (const char* path = ipclab::race::record_path(*environment)) ipclab::race::begin_program(path);
}

using Initialiser = void (*)(int, char**, char**);
[[gnu::section(".preinit_array"), gnu::used]] const Initialiser initialiser = begin;

}  // namespace
