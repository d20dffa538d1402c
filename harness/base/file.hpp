// Whole files in one call.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ipclab {

/// The file's bytes; nothing when it cannot be opened or read. Works for /proc, whose files have no size.
std::optional<std::string> try_read_file(const std::filesystem::path& path);

/// As above; throws std::system_error that names the file.
std::string read_file(const std::filesystem::path& path);

/// Replaces the file in one step (rename(2)): a reader sees the old bytes or the new, never a part.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace ipclab
