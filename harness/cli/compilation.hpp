// What a compilation depends on, and the hash of all of it, by which its outcome is kept.
#pragma once

#include <string>
#include <vector>

#include "cli/variant.hpp"
#include "cli/workshop.hpp"

namespace ipclab::cli {

using Kinds = std::vector<Kind>;

bool is_source(const std::string& name);

/// Of every compilation, without those that its kind asks for.
const std::vector<std::string>& compiler_flags();

/// Of the object made of one source.
std::string key_of_object(const Variant& variant, const std::string& source, Kind kind);

/// Of the programs made of all sources.
std::string key_of_programs(const Variant& variant, const Kinds& kinds);

/// Of the first lines of one of a variant's sources.
std::string key_of_preamble(const Variant& variant, const std::string& preamble, Kind kind);

/// The texts of all that a source may include: its own headers and those of harness/lab.
std::vector<std::string> headers(const Variant& variant);

}  // namespace ipclab::cli
