// The program's name and where its code and its libraries lie, so that addresses can be named afterwards.
#pragma once

namespace ipclab::race {

/// After exec.
void describe_image();
/// After dlopen.
void describe_libraries();

}  // namespace ipclab::race
