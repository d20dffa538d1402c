// Text as a person reads and types it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ipclab {

/// Bytes in double quotes, with \n, \t, \\, \" and \xHH for the rest; cut after `most` bytes with "… (N
/// bytes)".
std::string quoted(std::string_view bytes, std::size_t most = 60);

std::vector<std::string> split(std::string_view text, char separator);

/// Without white space at either end.
std::string_view trimmed(std::string_view text);

std::string joined(const std::vector<std::string>& parts, std::string_view separator);

/// The name nearest to what was typed (edit distance at most 3); empty when none is near.
std::string nearest(std::string_view typed, const std::vector<std::string>& names);

}  // namespace ipclab
