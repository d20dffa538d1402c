// Where two outputs part, in words; long outputs are not shown whole.
#pragma once

#include <string>
#include <string_view>

namespace ipclab::check {

std::string difference(std::string_view wanted, std::string_view got);

}  // namespace ipclab::check
