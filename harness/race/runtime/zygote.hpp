// A program that is begun many times is loaded once. Its process, the zygote, waits before anything of the
// program or of its libraries has run, and forks those that go on: what the loader does, half of what a short
// program costs, is done once.
#pragma once

namespace ipclab::race {

/// The zygote's socket, if this is the entry of an environment that names it; else -1.
int zygote_socket(const char* entry);

/// Serves requests (../zygote.hpp); returns in the processes that go on. Ends the zygote when the other end
/// of the socket is closed.
void serve_as_zygote(int socket);

}  // namespace ipclab::race
