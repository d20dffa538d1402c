// The C library's functions on memory and strings: what they read and write counts as the caller's accesses.
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unwind.h>

#include "race/runtime/image.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/shadow.hpp"
#include "race/runtime/string.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

namespace {

std::uint64_t number(const void* address) { return reinterpret_cast<std::uint64_t>(address); }

/// Is anything of this memory watched? One look per page.
bool is_seen(std::uint64_t address, std::size_t length) {
  if (!watched() || length == 0) return false;
  if (threaded) return true;
  for (std::uint64_t at = address; at < address + length; at = (at | (kPageSize - 1)) + 1)
    if (known_page(at)) return true;
  return false;
}

/// Frames from here on: the runtime's, a library's, the program's.
struct Walk {
  std::uint64_t place;
  bool in_library = false;
};

_Unwind_Reason_Code stop_in_program(_Unwind_Context* context, void* data) {
  auto& walk = *static_cast<Walk*>(data);
  const std::uint64_t at = _Unwind_GetIP(context) - 1;
  if (!is_program(at)) walk.in_library = true;
  if (!is_program(at) || !walk.in_library) return _URC_NO_REASON;
  walk.place = at;
  return _URC_END_OF_STACK;
}

/// Of a library that works for the program: where the program called it.
std::uint64_t in_program(std::uint64_t place) {
  if (is_program(place)) return place;
  const Inside inside;
  Walk walk{place};
  _Unwind_Backtrace(stop_in_program, &walk);
  return walk.place;
}

void reads(const void* from, std::size_t length, std::uint64_t place) {
  if (is_seen(number(from), length)) access_range(number(from), length, 0, in_program(place));
}

void writes(const void* to, std::size_t length, std::uint64_t place) {
  if (is_seen(number(to), length)) access_range(number(to), length, kWrite, in_program(place));
}

/// Watched at all? A string's length is then counted twice, once for us.
bool may_be_seen(const void* text) { return watched() && (threaded || known_page(number(text))); }

void reads_string(const char* text, std::size_t most, std::uint64_t place) {
  if (!may_be_seen(text)) return;
  std::size_t length = 0;
  while (length < most && text[length]) ++length;
  access_range(number(text), length < most ? length + 1 : most, 0, place);
}

constexpr std::size_t kAny = ~std::size_t{0};

/// Both strings up to where they differ.
void reads_both(const char* one, const char* other, std::size_t most, std::uint64_t place) {
  if (!may_be_seen(one) && !may_be_seen(other)) return;
  std::size_t same = 0;
  while (same < most && one[same] && one[same] == other[same]) ++same;
  const std::size_t length = same < most ? same + 1 : most;
  reads(one, length, place);
  reads(other, length, place);
}

std::size_t length_of(const char* text, std::size_t most = kAny) {
  std::size_t length = 0;
  while (length < most && text[length]) ++length;
  return length;
}

}  // namespace

namespace ipclab::race {

void count_string_read(const char* text, std::size_t most, std::uint64_t place) {
  reads_string(text, most, place);
}

}  // namespace ipclab::race

IPCLAB_INTERPOSE(void*, memcpy, void*, const void*, std::size_t)
(void* to, const void* from, std::size_t length) {
  reads(from, length, IPCLAB_PLACE);
  writes(to, length, IPCLAB_PLACE);
  return real_memcpy(to, from, length);
}
IPCLAB_INTERPOSE(void*, memmove, void*, const void*, std::size_t)
(void* to, const void* from, std::size_t length) {
  reads(from, length, IPCLAB_PLACE);
  writes(to, length, IPCLAB_PLACE);
  return real_memmove(to, from, length);
}
IPCLAB_INTERPOSE(void*, memset, void*, int, std::size_t)(void* to, int value, std::size_t length) {
  writes(to, length, IPCLAB_PLACE);
  return real_memset(to, value, length);
}
IPCLAB_INTERPOSE(int, memcmp, const void*, const void*, std::size_t)
(const void* one, const void* other, std::size_t length) {
  reads(one, length, IPCLAB_PLACE);
  reads(other, length, IPCLAB_PLACE);
  return real_memcmp(one, other, length);
}
IPCLAB_INTERPOSE(void, bzero, void*, std::size_t)(void* to, std::size_t length) {
  writes(to, length, IPCLAB_PLACE);
  real_bzero(to, length);
}

IPCLAB_INTERPOSE(std::size_t, strlen, const char*)(const char* text) {
  reads_string(text, kAny, IPCLAB_PLACE);
  return real_strlen(text);
}
IPCLAB_INTERPOSE(std::size_t, strnlen, const char*, std::size_t)(const char* text, std::size_t most) {
  reads_string(text, most, IPCLAB_PLACE);
  return real_strnlen(text, most);
}
IPCLAB_INTERPOSE(char*, strcpy, char*, const char*)(char* to, const char* from) {
  reads_string(from, kAny, IPCLAB_PLACE);
  if (may_be_seen(to)) writes(to, length_of(from) + 1, IPCLAB_PLACE);
  return real_strcpy(to, from);
}
IPCLAB_INTERPOSE(char*, stpcpy, char*, const char*)(char* to, const char* from) {
  reads_string(from, kAny, IPCLAB_PLACE);
  if (may_be_seen(to)) writes(to, length_of(from) + 1, IPCLAB_PLACE);
  return real_stpcpy(to, from);
}
IPCLAB_INTERPOSE(char*, strncpy, char*, const char*, std::size_t)
(char* to, const char* from, std::size_t most) {
  reads_string(from, most, IPCLAB_PLACE);
  writes(to, most, IPCLAB_PLACE);
  return real_strncpy(to, from, most);
}
IPCLAB_INTERPOSE(char*, strcat, char*, const char*)(char* to, const char* from) {
  reads_string(from, kAny, IPCLAB_PLACE);
  reads_string(to, kAny, IPCLAB_PLACE);
  if (may_be_seen(to)) writes(to + length_of(to), length_of(from) + 1, IPCLAB_PLACE);
  return real_strcat(to, from);
}
IPCLAB_INTERPOSE(char*, strncat, char*, const char*, std::size_t)
(char* to, const char* from, std::size_t most) {
  reads_string(from, most, IPCLAB_PLACE);
  reads_string(to, kAny, IPCLAB_PLACE);
  if (may_be_seen(to)) writes(to + length_of(to), length_of(from, most) + 1, IPCLAB_PLACE);
  return real_strncat(to, from, most);
}
IPCLAB_INTERPOSE(char*, strdup, const char*)(const char* text) {
  reads_string(text, kAny, IPCLAB_PLACE);
  return real_strdup(text);
}
IPCLAB_INTERPOSE(int, strcmp, const char*, const char*)(const char* one, const char* other) {
  reads_both(one, other, kAny, IPCLAB_PLACE);
  return real_strcmp(one, other);
}
IPCLAB_INTERPOSE(int, strncmp, const char*, const char*, std::size_t)
(const char* one, const char* other, std::size_t most) {
  reads_both(one, other, most, IPCLAB_PLACE);
  return real_strncmp(one, other, most);
}
IPCLAB_INTERPOSE(int, strcasecmp, const char*, const char*)(const char* one, const char* other) {
  reads_string(one, kAny, IPCLAB_PLACE);
  reads_string(other, kAny, IPCLAB_PLACE);
  return real_strcasecmp(one, other);
}

// <string.h> declares these for C++ in two forms each.
extern "C" __attribute__((visibility("default"))) void* memchr_watched(const void* in, int value,
                                                                       std::size_t length) asm("memchr");
void* memchr_watched(const void* in, int value, std::size_t length) {
  static constinit Real<void*(const void*, int, std::size_t)> real("memchr");
  void* found = real(in, value, length);
  reads(in, found ? number(found) - number(in) + 1 : length, IPCLAB_PLACE);
  return found;
}
extern "C" __attribute__((visibility("default"))) char* strchr_watched(const char* text,
                                                                       int wanted) asm("strchr");
char* strchr_watched(const char* text, int wanted) {
  static constinit Real<char*(const char*, int)> real("strchr");
  char* found = real(text, wanted);
  reads_string(text, found ? static_cast<std::size_t>(found - text) + 1 : kAny, IPCLAB_PLACE);
  return found;
}
extern "C" __attribute__((visibility("default"))) char* strrchr_watched(const char* text,
                                                                        int wanted) asm("strrchr");
char* strrchr_watched(const char* text, int wanted) {
  static constinit Real<char*(const char*, int)> real("strrchr");
  reads_string(text, kAny, IPCLAB_PLACE);
  return real(text, wanted);
}
extern "C" __attribute__((visibility("default"))) char* strstr_watched(const char* text,
                                                                       const char* part) asm("strstr");
char* strstr_watched(const char* text, const char* part) {
  static constinit Real<char*(const char*, const char*)> real("strstr");
  reads_string(text, kAny, IPCLAB_PLACE);
  reads_string(part, kAny, IPCLAB_PLACE);
  return real(text, part);
}

// Numbers read out of shared text.
IPCLAB_INTERPOSE(int, atoi, const char*)(const char* text) {
  reads_string(text, kAny, IPCLAB_PLACE);
  return real_atoi(text);
}
IPCLAB_INTERPOSE(long, atol, const char*)(const char* text) {
  reads_string(text, kAny, IPCLAB_PLACE);
  return real_atol(text);
}
IPCLAB_INTERPOSE(long, strtol, const char*, char**, int)(const char* text, char** end, int base) {
  reads_string(text, kAny, IPCLAB_PLACE);
  return real_strtol(text, end, base);
}
