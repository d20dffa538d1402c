#include "race/symbols.hpp"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <map>

#include "race/scopes.hpp"
#include "race/variables.hpp"

namespace ipclab::race {
namespace {

/// The standard library's, or of the course's own headers (harness/lab).
bool is_of_the_system(std::string_view path) {
  return path.starts_with("/usr/") || path.starts_with("/lib") ||
         path.find("/include/ipclab/") != path.npos || path.find("/harness/lab/ipclab/") != path.npos;
}

std::string base_name(const char* path) {
  const char* slash = std::strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/// Without parameters, return type and namespaces of nobody: "main", "Queue::put".
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

Place place_of(const char* path, int line) { return {"", base_name(path), line, is_of_the_system(path)}; }

/// Where the inlined function was called.
Place call_of(Dwarf_Die* cu, Dwarf_Die* inlined) {
  Dwarf_Attribute attribute;
  Dwarf_Word file = 0, line = 0;
  if (dwarf_attr(inlined, DW_AT_call_file, &attribute)) dwarf_formudata(&attribute, &file);
  if (dwarf_attr(inlined, DW_AT_call_line, &attribute)) dwarf_formudata(&attribute, &line);
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (dwarf_getsrcfiles(cu, &files, &count) != 0 || file >= count) return {};
  return place_of(dwarf_filesrc(files, file, nullptr, nullptr), static_cast<int>(line));
}

/// The unit that the address is in. Clang writes no table of addresses, and between those that g++ wrote for
/// others the library guesses wrong: then every unit is asked.
Dwarf_Die* unit_of(Dwfl_Module* module, std::uint64_t address, Dwarf_Addr* bias) {
  Dwarf_Die* guess = dwfl_module_addrdie(module, address, bias);
  if (guess && dwarf_haspc(guess, address - *bias) == 1) return guess;
  for (Dwarf_Die* unit = nullptr; (unit = dwfl_module_nextcu(module, unit, bias)) != nullptr;)
    if (dwarf_haspc(unit, address - *bias) == 1) return unit;
  return nullptr;
}

std::vector<Place> places(Dwfl_Module* module, std::uint64_t address, bool library) {
  std::vector<Place> found(1);
  if (const char* symbol = dwfl_module_addrname(module, address)) found[0].function = plain(symbol);
  Dwarf_Addr bias = 0;
  Dwarf_Die* unit = unit_of(module, address, &bias);
  Dwarf_Line* line = unit ? dwarf_getsrc_die(unit, address - bias) : nullptr;
  int number = 0;
  if (line && dwarf_lineno(line, &number) == 0) {
    const std::string function = found[0].function;
    found[0] = place_of(dwarf_linesrc(line, nullptr, nullptr), number);
    found[0].function = function;
  }
  if (!unit) return found;
  for (Dwarf_Die& scope : scopes_at(unit, address - bias)) {
    const int tag = dwarf_tag(&scope);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
    if (std::string name = name_of(&scope); !name.empty()) found.back().function = std::move(name);
    if (tag == DW_TAG_subprogram) break;
    found.push_back(call_of(unit, &scope));
  }
  for (Place& place : found) place.library |= library;
  return found;
}

}  // namespace

std::string Place::text() const { return file.empty() ? "?" : fmt::format("{}:{}", file, line); }

struct Symbols::Impl {
  Impl(const Record& record, FileOpener open) : record(record), open(std::move(open)) {
    callbacks.find_elf = dwfl_build_id_find_elf;
    callbacks.find_debuginfo = dwfl_standard_find_debuginfo;
    callbacks.section_address = dwfl_offline_section_address;
  }
  ~Impl() {
    for (auto& [index, dwfl] : opened) dwfl_end(dwfl);
  }

  std::vector<Place> look_up(Index image, std::uint64_t address) {
    bool library = false;
    Dwfl_Module* found = module_of(image, address, library);
    return found ? places(found, address, library) : std::vector<Place>(1);
  }

  Dwfl* opened_file(Index index, const std::string& path, std::uint64_t bias) {
    const auto [entry, fresh] = opened.emplace(index, nullptr);
    if (!fresh) return entry->second;
    Fd file = open ? open(path) : Fd();
    if (open && !file) return nullptr;
    Dwfl* dwfl = entry->second = dwfl_begin(&callbacks);
    dwfl_report_begin(dwfl);
    const int fd = file.get();
    if (dwfl_report_elf(dwfl, base_name(path.c_str()).c_str(), path.c_str(), fd, bias, true))
      file.release();  // it is the library's now
    dwfl_report_end(dwfl, nullptr, nullptr);
    return dwfl;
  }

  /// Only what is asked for is opened.
  Dwfl_Module* module_of(Index image, std::uint64_t address, bool& library) {
    Index i = image < kImages ? record.images[image].modules.load() : 0;
    for (unsigned steps = 0; i != 0 && i < kModules && steps < kMostModules; ++steps) {
      const Module& module = record.modules[i];
      i = module.next;
      if (address < module.begin || address >= module.end) continue;
      const std::string path(text_of(module.path));
      library = is_of_the_system(path);
      const auto index = static_cast<Index>(&module - record.modules);
      Dwfl* dwfl = opened_file(index, path, module.bias);
      if (Dwfl_Module* found = dwfl ? dwfl_addrmodule(dwfl, address) : nullptr) return found;
    }
    return nullptr;
  }

  /// Nothing in the system's own code.
  Unit unit_at(Index image, std::uint64_t address) {
    bool library = false;
    Unit unit;
    unit.module = module_of(image, address, library);
    if (unit.module && !library) unit.unit = unit_of(unit.module, address, &unit.bias);
    return unit;
  }

  static constexpr unsigned kMostModules = 512;  // of one program
  const Record& record;
  FileOpener open;
  Dwfl_Callbacks callbacks{};
  std::map<Index, Dwfl*> opened;
  std::map<std::pair<Index, std::uint64_t>, std::vector<Place>> known;
};

Symbols::Symbols(const Record& record, FileOpener open)
    : impl_(std::make_unique<Impl>(record, std::move(open))) {}
Symbols::~Symbols() = default;

const std::vector<Place>& Symbols::at(Index image, std::uint64_t address) {
  auto& entry = impl_->known[{image, address}];
  if (entry.empty()) entry = impl_->look_up(image, address);
  return entry;
}

std::string Symbols::variable(Index image, const Scene& scene, unsigned size) {
  return variable_at(scene, size, [&](std::uint64_t address) { return impl_->unit_at(image, address); });
}

}  // namespace ipclab::race
