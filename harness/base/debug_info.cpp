#include "base/debug_info.hpp"

#include <cxxabi.h>
#include <dwarf.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>

namespace ipclab {
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

/// Without parameters, return type and namespaces of nobody.
std::string plain(const char* name) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> demangled(abi::__cxa_demangle(name, nullptr, nullptr, &status),
                                                         std::free);
  std::string text = status == 0 ? demangled.get() : name;
  constexpr std::string_view kNobody = "(anonymous namespace)::";
  for (std::size_t at; (at = text.find(kNobody)) != std::string::npos;) text.erase(at, kNobody.size());
  if (text.find("{lambda") == std::string::npos) text = text.substr(0, text.find('('));
  return text;
}

std::string name_of(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  for (const unsigned which : {DW_AT_linkage_name, DW_AT_name})
    if (dwarf_attr_integrate(die, which, &attribute)) return plain(dwarf_formstring(&attribute));
  return "";
}

/// Where the inlined function was called.
SourcePlace call_of(Dwarf_Die* unit, Dwarf_Die* inlined) {
  Dwarf_Attribute attribute;
  Dwarf_Word file = 0, line = 0;
  if (dwarf_attr(inlined, DW_AT_call_file, &attribute)) dwarf_formudata(&attribute, &file);
  if (dwarf_attr(inlined, DW_AT_call_line, &attribute)) dwarf_formudata(&attribute, &line);
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (dwarf_getsrcfiles(unit, &files, &count) != 0 || file >= count) return {};
  return {"", dwarf_filesrc(files, file, nullptr, nullptr), static_cast<int>(line)};
}

}  // namespace

Dwarf_Die* unit_at(Dwfl_Module* module, Dwarf_Addr address, Dwarf_Addr* bias) {
  // Clang writes no table of addresses, and between those that g++ wrote for others the library guesses
  // wrong: then every unit is asked.
  Dwarf_Die* guess = dwfl_module_addrdie(module, address, bias);
  if (guess && dwarf_haspc(guess, address - *bias) == 1) return guess;
  for (Dwarf_Die* unit = nullptr; (unit = dwfl_module_nextcu(module, unit, bias)) != nullptr;)
    if (dwarf_haspc(unit, address - *bias) == 1) return unit;
  return nullptr;
}

std::vector<SourcePlace> source_of(Dwfl_Module* module, Dwarf_Addr address) {
  std::vector<SourcePlace> found(1);
  if (const char* symbol = dwfl_module_addrname(module, address)) found[0].function = plain(symbol);
  Dwarf_Addr bias = 0;
  Dwarf_Die* unit = unit_at(module, address, &bias);
  if (!unit) return found;
  Dwarf_Line* line = dwarf_getsrc_die(unit, address - bias);
  if (line && dwarf_lineno(line, &found[0].line) == 0) found[0].path = dwarf_linesrc(line, nullptr, nullptr);
  for (Dwarf_Die& scope : scopes_at(unit, address - bias)) {
    const int tag = dwarf_tag(&scope);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
    if (std::string name = name_of(&scope); !name.empty()) found.back().function = std::move(name);
    if (tag == DW_TAG_subprogram) break;
    found.push_back(call_of(unit, &scope));
  }
  return found;
}

std::vector<Dwarf_Die> scopes_at(Dwarf_Die* unit, Dwarf_Addr address) {
  std::vector<Dwarf_Die> scopes{*unit};
  for (auto scope = function_at(unit, address); scope; scope = block_at(&scopes.back(), address))
    scopes.push_back(*scope);
  std::ranges::reverse(scopes);
  return scopes;
}

}  // namespace ipclab
