#include "check/difference.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace ipclab::check {

std::string difference(std::string_view wanted, std::string_view got) {
  const auto at = static_cast<std::size_t>(std::ranges::mismatch(wanted, got).in1 - wanted.begin());
  if (at == got.size())
    return fmt::format("the first {} of {} bytes are right, then nothing comes", at, wanted.size());
  if (at == wanted.size())
    return fmt::format("after all {} bytes there are {} more: {}", at, got.size() - at,
                       ipclab::quoted(got.substr(at)));
  return fmt::format("byte {} is the first that differs: {} where {} belongs", at,
                     ipclab::quoted(got.substr(at), 24), ipclab::quoted(wanted.substr(at), 24));
}

}  // namespace ipclab::check
