#include "observe/frame_pointer.hpp"

#include <array>
#include <cstring>
#include <optional>

namespace ipclab::observe {
namespace {

constexpr std::size_t kSearched = 128;  // words of the stack
/// Bytes between functions of one family: the one that was called may have jumped to another.
constexpr std::uint64_t kNear = 1 << 16;

using Code = std::array<std::uint8_t, 16>;

std::int32_t displacement(const Code& code, std::size_t at) {
  std::int32_t value;
  std::memcpy(&value, &code[at], sizeof value);
  return value;
}

/// Of `jmp *slot(%rip)`, as a procedure linkage table has it, where that leads.
std::optional<std::uint64_t> behind_stub(int pid, std::uint64_t address) {
  const auto code = read_value<Code>(pid, address);
  if (!code) return std::nullopt;
  constexpr std::array<std::uint8_t, 4> kEndbr64{0xf3, 0x0f, 0x1e, 0xfa};
  std::size_t at = std::memcmp(code->data(), kEndbr64.data(), kEndbr64.size()) == 0 ? 4 : 0;
  if ((*code)[at] == 0xf2) ++at;  // bnd
  if ((*code)[at] != 0xff || (*code)[at + 1] != 0x25) return std::nullopt;
  const std::uint64_t next = address + at + 6;
  return read_value<std::uint64_t>(pid, next + static_cast<std::uint64_t>(displacement(*code, at + 2)));
}

/// Which function the instruction before `address` calls.
std::optional<std::uint64_t> called_before(int pid, std::uint64_t address) {
  constexpr std::size_t kBack = 6;
  const auto code = read_value<Code>(pid, address - kBack);
  if (!code) return std::nullopt;
  const auto relative = [&](std::size_t at) {
    return address + static_cast<std::uint64_t>(displacement(*code, at));
  };
  if ((*code)[0] == 0xff && (*code)[1] == 0x15)
    return read_value<std::uint64_t>(pid, relative(2));  // call *slot(%rip)
  if ((*code)[1] != 0xe8) return std::nullopt;
  const std::uint64_t target = relative(2);
  const auto behind = behind_stub(pid, target);
  return behind ? behind : target;
}

}  // namespace

std::vector<std::uint64_t> frame_pointers(int pid, std::uint64_t stack_pointer,
                                          std::uint64_t program_counter) {
  std::vector<std::uint64_t> found;
  std::array<std::uint64_t, kSearched> words{};
  std::size_t count = words.size();
  while (count > 0 && !read_memory(pid, stack_pointer, words.data(), count * sizeof words[0])) count /= 2;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const std::uint64_t at = stack_pointer + i * sizeof words[0];
    const auto called = called_before(pid, words[i + 1]);
    if (called && *called < program_counter + kNear && program_counter < *called + kNear) found.push_back(at);
  }
  return found;
}

}  // namespace ipclab::observe
