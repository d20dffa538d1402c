// Which source a program's code was compiled from, by the debug information of its file (libdw).
#pragma once

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <string>
#include <vector>

namespace ipclab {

struct SourcePlace {
  std::string function;  // as a person would call it: "main", "Queue::put"
  std::string path;      // empty: unknown
  int line = 0;
};

/// Innermost first: more than one where functions were inlined, never none.
std::vector<SourcePlace> source_of(Dwfl_Module* module, Dwarf_Addr address);

/// The compilation unit that the address is in; nullptr: none. `bias` is what to take from an address for the
/// unit.
Dwarf_Die* unit_at(Dwfl_Module* module, Dwarf_Addr address, Dwarf_Addr* bias);

/// Innermost first: blocks, inlined functions and what they were inlined into, the function whose code it is,
/// and last the unit.
std::vector<Dwarf_Die> scopes_at(Dwarf_Die* unit, Dwarf_Addr address);

}  // namespace ipclab
