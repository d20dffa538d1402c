// Who accessed which bytes last, and whether that is in order.
#pragma once

#include <emmintrin.h>

#include "race/runtime/memory.hpp"

namespace ipclab::race {

// A mark is one aligned piece of 16 bytes: processors with AVX, and all others that are in use, move it in
// one step, so that whoever looks sees an access and its stack, never halves of two.
inline Mark seen(const Mark& mark) {
  const auto whole = *reinterpret_cast<const volatile __m128i*>(&mark);
  return __builtin_bit_cast(Mark, whole);
}
inline void put(Mark& mark, std::uint64_t cell, Index stack, std::uint32_t locks) {
  const auto rest = static_cast<long long>(std::uint64_t{locks} << 32 | stack);
  *reinterpret_cast<volatile __m128i*>(&mark) = _mm_set_epi64x(rest, static_cast<long long>(cell));
}
inline void put(Mark& mark, const Mark& value) { put(mark, value.cell, value.stack, value.locks); }
inline std::uint64_t cell_of(const Mark& mark) { return __atomic_load_n(&mark.cell, __ATOMIC_RELAXED); }

/// An access that the fast path does not know: compared with what is there, recorded, reported. `how`:
/// kWrite, kAtomic. Within one granule.
void access(std::uint64_t address, unsigned size, unsigned how, std::uint64_t place);
/// The same, where the granule is known already.
void access(Granule& granule, std::uint64_t address, unsigned size, unsigned how, std::uint64_t place);
/// Of any length.
void access_range(std::uint64_t address, std::uint64_t length, unsigned how, std::uint64_t place);

inline std::uint64_t mask_of(std::uint64_t address, unsigned size) {
  return (((1ull << size) - 1) << (address & (kGranule - 1)) & 0xff) << kMaskShift;
}

/// Has this task done the like in this epoch? Then whoever races with this access races with that one.
template <unsigned kHow>
[[gnu::always_inline]] inline bool is_known(const Granule& granule, std::uint64_t mask) {
  constexpr std::uint64_t kKinds = kHow & kWrite ? kWrite | kAtomic : kAtomic;
  const std::uint64_t wanted = self.fast | mask | (kHow & kWrite);
  const std::uint64_t looked_at = ~(kMaskBits | kSizeBits | kWrite | kAtomic) | mask | kKinds;
  for (const Mark& mark : granule.marks)
    if ((cell_of(mark) & looked_at) == wanted) return true;
  return false;
}

extern bool looks_at_own;

/// What the compiler's calls do: everything that is usual in a few instructions.
template <unsigned kSize, unsigned kHow>
[[gnu::always_inline]] inline void accessed(std::uint64_t address, std::uint64_t place) {
  Shadow* page = known_page(address);
  if (page <= pending()) [[likely]] {
    if (page || looks_at_own) [[unlikely]]
      access(address, kSize, kHow, place);
    return;
  }
  Granule& granule = page->granules[(address & (kPageSize - 1)) / kGranule];
  if (!is_known<kHow>(granule, mask_of(address, kSize))) [[unlikely]]
    access(granule, address, kSize, kHow, place);
}

}  // namespace ipclab::race
