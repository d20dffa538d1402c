// The contract of lab 07-udp: a server from which files are read by TFTP (RFC 1350).
#pragma once

#include <chrono>

/// Answers the requests that come to `socket`, a UDP socket bound to the server's port, out of the directory
/// that `directory` is open on: rules S2 to S9 of the handout. A block that is not acknowledged within
/// `time_out` is sent again. Returns never; a signal ends the process.
///
/// Throws std::system_error when the server's own socket fails; what goes wrong with one transfer is told to
/// its client and ends that transfer alone.
[[noreturn]] void serve(int socket, int directory, std::chrono::milliseconds time_out);
