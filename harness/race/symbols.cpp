#include "race/symbols.hpp"

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "base/debug_info.hpp"
#include "race/variables.hpp"

namespace ipclab::race {
namespace {

/// The standard library's, or of the course's own headers (harness/lab).
bool is_of_the_system(std::string_view path) {
  return path.starts_with("/usr/") || path.starts_with("/lib") ||
         path.find("/include/ipclab/") != path.npos || path.find("/harness/lab/ipclab/") != path.npos;
}

std::vector<Place> places(Dwfl_Module* module, std::uint64_t address, bool library) {
  std::vector<Place> found;
  for (const SourcePlace& place : source_of(module, address))
    found.push_back({place.function, std::filesystem::path(place.path).filename(), place.line,
                     library || is_of_the_system(place.path)});
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
    if (dwfl_report_elf(dwfl, std::filesystem::path(path).filename().c_str(), path.c_str(), fd, bias, true))
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
    if (unit.module && !library) unit.unit = ipclab::unit_at(unit.module, address, &unit.bias);
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
