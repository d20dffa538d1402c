// The program's name and where its code and its libraries lie, so that addresses can be named afterwards.
#pragma once

#include <cstdint>

namespace ipclab::race {

/// After exec.
void describe_image();
/// Is it code of the program itself, that the compiler instrumented?
bool is_program(std::uint64_t place);
/// After dlopen.
void describe_libraries();

}  // namespace ipclab::race
