// Takes the ledger: reads what is left in the places where IPC objects live, as seen by the calling process.
#pragma once

#include <string>

#include "model/ledger.hpp"

namespace ipclab::room {

/// `scratch` is the directory whose files count, by their names below it.
Ledger take_ledger(const std::string& scratch);

}  // namespace ipclab::room
