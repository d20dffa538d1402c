// The scanf family: what is read from a text, and what the conversions write.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "race/runtime/real.hpp"
#include "race/runtime/shadow.hpp"
#include "race/runtime/stdio.hpp"
#include "race/runtime/string.hpp"

using namespace ipclab::race;

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

/// One conversion of a format, scanf(3).
struct Conversion {
  bool stored = true, allocates = false;
  std::size_t width = 1, size = 0;  // size: of a number, by the length modifier; 0: none was given
  char kind = 0;
};

std::size_t size_by(const char*& at) {
  if (at[0] == 'h') return at[1] == 'h' ? ++at, sizeof(char) : sizeof(short);
  if (at[0] == 'l') return at[1] == 'l' ? ++at, sizeof(long long) : sizeof(long);
  if (*at == 'L') return sizeof(long double);
  return strchr("qjzt", *at) ? sizeof(long) : 0;
}

/// `at` stands behind the % and is moved to the conversion's last character.
Conversion conversion(const char*& at) {
  Conversion found;
  for (; *at; ++at) {
    if (*at == '*') found.stored = false;
    else if (*at == 'm') found.allocates = true;
    else if (*at >= '1' && *at <= '9') {
      for (found.width = 0; *at >= '0' && *at <= '9'; ++at)
        found.width = found.width * 10 + static_cast<std::size_t>(*at - '0');
      --at;
    } else if (const std::size_t size = size_by(at)) found.size = size;
    else if (*at != '\'') break;
  }
  found.kind = *at;
  if (*at == '[') {  // a bracket at its beginning is one of the set
    at += at[1] == '^' ? 2 : 1;
    if (*at) at = strchr(at + 1, ']');
  }
  return found;
}

std::size_t written_by(const Conversion& it, const void* to) {
  if (it.allocates) return sizeof(void*);
  if (strchr("s[", it.kind)) return it.size ? 0 : strlen(static_cast<const char*>(to)) + 1;
  if (it.kind == 'c') return it.size ? 0 : it.width;
  if (it.kind == 'p') return sizeof(void*);
  if (strchr("aAeEfFgG", it.kind)) return it.size ? it.size : sizeof(float);
  return it.size ? it.size : sizeof(int);
}

/// The first `count` that were stored. Positions ($) are not looked at.
void writes_format(const char* format, va_list given, int count, std::uint64_t place) {
  if (!watched()) return;
  va_list list;
  va_copy(list, given);
  for (const char* at = format; count > 0 && *at; ++at) {
    if (*at != '%') continue;
    if (*++at == '%') continue;
    const Conversion it = conversion(at);
    if (!at || !*at || it.kind == '$') break;
    if (!it.stored) continue;
    const void* to = va_arg(list, void*);
    access_range(reinterpret_cast<std::uint64_t>(to), written_by(it, to), kWrite, place);
    if (it.kind != 'n') --count;
  }
  va_end(list);
}

using FromStream = int(FILE*, const char*, va_list);
using FromText = int(const char*, const char*, va_list);

int scan(Real<FromStream>& real, FILE* stream, const char* format, va_list list, std::uint64_t place) {
  va_list mine;
  va_copy(mine, list);
  const int result = real(stream, format, mine);
  va_end(mine);
  took_in(stream, result == EOF);
  writes_format(format, list, result, place);
  return result;
}

int scan(Real<FromText>& real, const char* text, const char* format, va_list list, std::uint64_t place) {
  count_string_read(text, ~std::size_t{0}, place);
  va_list mine;
  va_copy(mine, list);
  const int result = real(text, format, mine);
  va_end(mine);
  writes_format(format, list, result, place);
  return result;
}

}  // namespace

// Headers lead to the names of ISO C99, or of C23.
#define SCANS(prefix, behind, From, Of)                                    \
  ENTRY int prefix##v##behind(Of from, const char* format, va_list list) { \
    static constinit Real<From> real(#prefix "v" #behind);                 \
    return scan(real, from, format, list, IPCLAB_PLACE);                   \
  }                                                                        \
  ENTRY int prefix##behind(Of from, const char* format, ...) {             \
    static constinit Real<From> real(#prefix "v" #behind);                 \
    va_list list;                                                          \
    va_start(list, format);                                                \
    const int result = scan(real, from, format, list, IPCLAB_PLACE);       \
    va_end(list);                                                          \
    return result;                                                         \
  }
#define SCANS_INPUT(prefix)                                           \
  ENTRY int prefix##vscanf(const char* format, va_list list) {        \
    static constinit Real<FromStream> real(#prefix "vfscanf");        \
    return scan(real, stdin, format, list, IPCLAB_PLACE);             \
  }                                                                   \
  ENTRY int prefix##scanf(const char* format, ...) {                  \
    static constinit Real<FromStream> real(#prefix "vfscanf");        \
    va_list list;                                                     \
    va_start(list, format);                                           \
    const int result = scan(real, stdin, format, list, IPCLAB_PLACE); \
    va_end(list);                                                     \
    return result;                                                    \
  }
SCANS(__isoc99_, fscanf, FromStream, FILE*)
SCANS(__isoc99_, sscanf, FromText, const char*)
SCANS_INPUT(__isoc99_)
SCANS(__isoc23_, fscanf, FromStream, FILE*)
SCANS(__isoc23_, sscanf, FromText, const char*)
SCANS_INPUT(__isoc23_)
