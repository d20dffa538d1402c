#include "race/scopes.hpp"

#include <dwarf.h>

#include <algorithm>
#include <optional>

namespace ipclab::race {
namespace {

/// The first child for which `wanted` holds.
template <typename Wanted>
std::optional<Dwarf_Die> child(Dwarf_Die* of, Wanted wanted) {
  Dwarf_Die die;
  for (int end = dwarf_child(of, &die); end == 0; end = dwarf_siblingof(&die, &die))
    if (wanted(&die)) return die;
  return std::nullopt;
}

bool may_hold_functions(int tag) {
  return tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block || tag == DW_TAG_class_type ||
         tag == DW_TAG_structure_type || tag == DW_TAG_union_type || tag == DW_TAG_namespace;
}

/// The function whose code it is. g++ describes that of a lambda in the lambda's class, which stands in the
/// function that it is written in; dwarf_getscopes does not look there, because that one has another code.
std::optional<Dwarf_Die> function_at(Dwarf_Die* in, Dwarf_Addr address) {
  std::optional<Dwarf_Die> found;
  child(in, [&](Dwarf_Die* die) {
    const int tag = dwarf_tag(die);
    if (tag == DW_TAG_subprogram && dwarf_haspc(die, address) == 1) found = *die;
    else if (may_hold_functions(tag)) found = function_at(die, address);
    return found.has_value();
  });
  return found;
}

std::optional<Dwarf_Die> block_at(Dwarf_Die* in, Dwarf_Addr address) {
  return child(in, [&](Dwarf_Die* die) {
    const int tag = dwarf_tag(die);
    return (tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine) &&
           dwarf_haspc(die, address) == 1;
  });
}

}  // namespace

std::vector<Dwarf_Die> scopes_at(Dwarf_Die* unit, Dwarf_Addr address) {
  std::vector<Dwarf_Die> scopes{*unit};
  for (auto scope = function_at(unit, address); scope; scope = block_at(&scopes.back(), address))
    scopes.push_back(*scope);
  std::ranges::reverse(scopes);
  return scopes;
}

}  // namespace ipclab::race
