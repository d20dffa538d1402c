// Clocks on their way: a queue of them at a sync, one a token, message or piece of a stream. The caller holds
// the sync.
#pragma once

#include "race/runtime/sync.hpp"

namespace ipclab::race {

/// Puts what this task knows at the end; nullptr when there is no more room (then everybody who acquires
/// learns it).
Message* push(Sync& sync);
/// Takes `message` out, whose predecessor is `before` (nullptr: it is the first).
void take_out(Sync& sync, Message* before, Message* message);
/// Everybody who acquires from now on learns what the message carries, and it is taken out.
void fold(Sync& sync, Message* before, Message* message);
void fold_all(Sync& sync);

inline Message* message_at(Index index) { return index ? &record()->messages[index] : nullptr; }

}  // namespace ipclab::race
