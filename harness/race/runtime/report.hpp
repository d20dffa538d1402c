// What was found: once per pair of places.
#pragma once

#include "race/runtime/arena.hpp"

namespace ipclab::race {

/// The finding, if it is new.
Index report_race(Index page, std::uint32_t offset, const Access& one, const Access& two);

/// A misuse of a lock, condition or semaphore.
void report_misuse(Fault fault, Index sync, Index stack_one, Index stack_two);

/// Nobody can go on any more: where two of them wait.
void report_stuck(Index stack_one, Index stack_two);

}  // namespace ipclab::race
