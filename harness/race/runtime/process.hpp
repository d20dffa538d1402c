// What must be prepared before the program's first fork.
#pragma once

namespace ipclab::race {

void watch_forks(const char* record_path);

/// The record's path, if this is the entry of an environment that names it; else nullptr.
const char* record_path(const char* entry);

}  // namespace ipclab::race
