// Streams of the C library.
#pragma once

#include <stdio.h>

namespace ipclab::race {

/// After input from a stream. `ended`: there was no more.
void took_in(FILE* stream, bool ended);

}  // namespace ipclab::race
