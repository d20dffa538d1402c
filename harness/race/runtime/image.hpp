// The program's name and where its code and its libraries lie, so that addresses can be named afterwards.
#pragma once

namespace ipclab::race {

/// After exec, and after dlopen.
void describe_image();

}  // namespace ipclab::race
