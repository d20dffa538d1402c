// Takes the ledger: reads what is left in the places where IPC objects live, as seen by the calling process.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "model/ledger.hpp"

namespace ipclab::room {

/// `scratch` is the directory whose files count, by their names below it. With `owner`, only that user's IPC
/// objects. What is beyond the 1000th file, or the 40th level of directories, is not told: a program may have
/// made a million.
Ledger take_ledger(const std::string& scratch, std::optional<uid_t> owner = std::nullopt);

/// Takes away the IPC objects with a name or key (the scratch directory is removed as a whole; objects with a
/// private key can disturb nobody): what one room leaves must not meet the next.
void remove_objects(const Ledger& ledger);

}  // namespace ipclab::room
