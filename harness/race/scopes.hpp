// The functions and blocks that an address of a program is in, by its debug information (libdw).
#pragma once

#include <elfutils/libdw.h>

#include <vector>

namespace ipclab::race {

/// Innermost first: blocks, inlined functions and what they were inlined into, the function whose code it is,
/// and last the unit.
std::vector<Dwarf_Die> scopes_at(Dwarf_Die* unit, Dwarf_Addr address);

}  // namespace ipclab::race
