// Text laid out in columns of a terminal. UTF-8: a character is a column, a wide one (CJK, emoji) two, a
// combining one none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ipclab::report {

/// Columns that the text takes. It has no line breaks.
std::size_t columns(std::string_view text);

/// With spaces on the right until it takes `width` columns.
std::string padded(std::string text, std::size_t width);

/// Lines of at most `width` columns, broken at spaces and at '\n'; a longer word has a line of its own.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// What a stranger's program printed, harmless to the terminal: control characters and bytes that are no
/// UTF-8 become \xHH; '\n' and '\t' stay.
std::string printable(std::string_view bytes);

/// The same for a cell of a table: '\n' and '\t' are written out, too.
std::string printable_cell(std::string_view bytes);

/// Lines without the empty one after a final '\n'.
std::vector<std::string> lines_of(std::string_view text);

}  // namespace ipclab::report
