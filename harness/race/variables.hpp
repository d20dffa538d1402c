// What the program calls a piece of memory: `queue->head`, `item.word[3]`, `*counter`. Found from what was
// kept of a task's frames when it came upon a race (Scene), by the debug information of the program.
//
// Only names that are true: a variable in scope at the access, whose location is known there, whose value
// then was a pointer or reference to an object that the accessed bytes are a member of, of their size. In
// doubt there is no name.
#pragma once

#include <elfutils/libdwfl.h>

#include <functional>
#include <string>

#include "race/record.hpp"

namespace ipclab::race {

struct Unit {
  Dwfl_Module* module = nullptr;
  Dwarf_Die* unit = nullptr;
  Dwarf_Addr bias = 0;
};

/// Where an address of the program's code is described.
using Units = std::function<Unit(std::uint64_t address)>;

/// "": not known.
std::string variable_at(const Scene& scene, unsigned size, const Units& units);

}  // namespace ipclab::race
