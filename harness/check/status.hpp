// Wait statuses and signals in words.
#pragma once

#include <string>

namespace ipclab::check {

std::string signal_name(int number);  // "SIGPIPE"
std::string describe_status(
    int status);               // as of waitpid(2): "ends with exit status 3", "is killed by SIGSEGV"
int shell_status(int status);  // 0-255, or 128 + signal, as a shell says it

}  // namespace ipclab::check
