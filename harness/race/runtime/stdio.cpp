// <stdio.h>: what printf's %s reads, what fread and fgets write, and clocks through streams that lead to a
// pipe or socket. The library buffers, so nobody can count the bytes: a stream used like this is not counted
// (channel.hpp).
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "race/runtime/channel.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/shadow.hpp"
#include "race/runtime/stdio.hpp"
#include "race/runtime/string.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

std::uint64_t number(const void* address) { return reinterpret_cast<std::uint64_t>(address); }

std::atomic<std::uint64_t>
    written_to;  // descriptors below 64 that stdio wrote to: it may still hold some of it

/// Before output that may leave now or later.
void puts_out(FILE* stream) {
  if (!watched()) return;
  const Inside inside;
  const int fd = ::fileno(stream);
  if (fd < 0) return;
  const Channel channel = channel_of(fd);
  if (channel.flow == Flow::none || channel.flow == Flow::messages) return;
  if (fd < 64) written_to.fetch_or(1ull << fd);
  Writing(channel.out, false).done(0);
}

/// What the conversions of a format read through pointers: %s, and how much of it by its precision.
void reads_format(const char* format, va_list given, std::uint64_t place) {
  if (!watched()) return;
  va_list list;
  va_copy(list, given);
  for (const char* at = format; *at; ++at) {
    if (*at != '%') continue;
    ++at;
    if (*at == '%') continue;
    std::size_t most = ~std::size_t{0};
    int longs = 0;
    bool wide_double = false, size = false;
    for (;; ++at) {
      if (*at == '*') (void)va_arg(list, int);
      else if (*at == '.' && at[1] == '*') most = static_cast<std::size_t>(va_arg(list, int)), ++at;
      else if (*at == '.') most = static_cast<std::size_t>(strtoul(at + 1, nullptr, 10));
      else if (*at == 'l') ++longs;
      else if (*at == 'L') wide_double = true;
      else if (*at == 'z' || *at == 'j' || *at == 't') size = true;
      else if (!strchr("#0- +'123456789h", *at) || !*at) break;
    }
    if (!*at || *at == '$') break;  // positions: not looked at
    if (*at == 's' && longs == 0) count_string_read(va_arg(list, const char*), most, place);
    else if (strchr("aAeEfFgG", *at))
      wide_double ? (void)va_arg(list, long double) : (void)va_arg(list, double);
    else if (*at == 'm') continue;
    else if (longs || size || strchr("spnS", *at)) (void)va_arg(list, long);
    else (void)va_arg(list, int);
  }
  va_end(list);
}

}  // namespace

void ipclab::race::took_in(FILE* stream, bool ended) {
  if (!watched()) return;
  const Inside inside;
  const int fd = ::fileno(stream);
  const Channel channel = fd < 0 ? Channel{} : channel_of(fd);
  if (channel.flow == Flow::none || channel.flow == Flow::messages) return;
  Reading(channel.in, false).done(ended ? 0 : 1);
}

// The printf family: each form is told by its va_list form.

IPCLAB_INTERPOSE(int, vfprintf, FILE*, const char*, va_list)(FILE* stream, const char* format, va_list list) {
  reads_format(format, list, IPCLAB_PLACE);
  puts_out(stream);
  return real_vfprintf(stream, format, list);
}
IPCLAB_INTERPOSE(int, vsnprintf, char*, std::size_t, const char*, va_list)
(char* to, std::size_t size, const char* format, va_list list) {
  reads_format(format, list, IPCLAB_PLACE);
  const int length = real_vsnprintf(to, size, format, list);
  if (length >= 0 && size > 0) {
    const auto written =
        static_cast<std::size_t>(length) < size ? static_cast<std::size_t>(length) + 1 : size;
    access_range(number(to), written, kWrite, IPCLAB_PLACE);
  }
  return length;
}
IPCLAB_INTERPOSE(int, vdprintf, int, const char*, va_list)(int fd, const char* format, va_list list) {
  reads_format(format, list, IPCLAB_PLACE);
  if (watched()) {
    const Inside inside;
    const Channel channel = channel_of(fd);
    if (channel.flow != Flow::messages) Writing(channel.out, false).done(0);
  }
  return real_vdprintf(fd, format, list);
}

ENTRY int printf(const char* format, ...) {
  va_list list;
  va_start(list, format);
  reads_format(format, list, IPCLAB_PLACE);
  puts_out(stdout);
  const int length = real_vfprintf(stdout, format, list);
  va_end(list);
  return length;
}
ENTRY int fprintf(FILE* stream, const char* format, ...) {
  va_list list;
  va_start(list, format);
  reads_format(format, list, IPCLAB_PLACE);
  puts_out(stream);
  const int length = real_vfprintf(stream, format, list);
  va_end(list);
  return length;
}
ENTRY int dprintf(int fd, const char* format, ...) {
  va_list list;
  va_start(list, format);
  const int length = ::vdprintf(fd, format, list);
  va_end(list);
  return length;
}
ENTRY int vprintf(const char* format, va_list list) { return ::vfprintf(stdout, format, list); }
ENTRY int sprintf(char* to, const char* format, ...) noexcept {
  static constinit Real<int(char*, const char*, va_list)> real("vsprintf");
  va_list list;
  va_start(list, format);
  reads_format(format, list, IPCLAB_PLACE);
  const int length = real(to, format, list);
  va_end(list);
  if (length >= 0) access_range(number(to), static_cast<std::size_t>(length) + 1, kWrite, IPCLAB_PLACE);
  return length;
}
ENTRY int snprintf(char* to, std::size_t size, const char* format, ...) noexcept {
  va_list list;
  va_start(list, format);
  reads_format(format, list, IPCLAB_PLACE);
  const int length = real_vsnprintf(to, size, format, list);
  va_end(list);
  if (length >= 0 && size > 0) {
    const auto written =
        static_cast<std::size_t>(length) < size ? static_cast<std::size_t>(length) + 1 : size;
    access_range(number(to), written, kWrite, IPCLAB_PLACE);
  }
  return length;
}

// The rest of output.

IPCLAB_INTERPOSE(int, fputs, const char*, FILE*)(const char* text, FILE* stream) {
  count_string_read(text, ~std::size_t{0}, IPCLAB_PLACE);
  puts_out(stream);
  return real_fputs(text, stream);
}
IPCLAB_INTERPOSE(int, puts, const char*)(const char* text) {
  count_string_read(text, ~std::size_t{0}, IPCLAB_PLACE);
  puts_out(stdout);
  return real_puts(text);
}
IPCLAB_INTERPOSE(std::size_t, fwrite, const void*, std::size_t, std::size_t, FILE*)
(const void* from, std::size_t size, std::size_t count, FILE* stream) {
  access_range(number(from), size * count, 0, IPCLAB_PLACE);
  puts_out(stream);
  return real_fwrite(from, size, count, stream);
}
IPCLAB_INTERPOSE(int, fputc, int, FILE*)(int value, FILE* stream) {
  puts_out(stream);
  return real_fputc(value, stream);
}
IPCLAB_INTERPOSE(int, putc, int, FILE*)(int value, FILE* stream) {
  puts_out(stream);
  return real_putc(value, stream);
}
IPCLAB_INTERPOSE(int, putchar, int)(int value) {
  puts_out(stdout);
  return real_putchar(value);
}
IPCLAB_INTERPOSE(int, fflush, FILE*)(FILE* stream) {
  if (stream) puts_out(stream);
  return real_fflush(stream);
}
static void before_close(FILE* stream) {
  puts_out(stream);
  if (const int fd = ::fileno(stream); fd >= 0) ipclab::race::before_close(fd);
}

IPCLAB_INTERPOSE(int, fclose, FILE*)(FILE* stream) {
  before_close(stream);
  return real_fclose(stream);
}
IPCLAB_INTERPOSE(FILE*, freopen, const char*, const char*, FILE*)
(const char* path, const char* mode, FILE* stream) {
  before_close(stream);
  return real_freopen(path, mode, stream);
}

/// At exit the library writes what it still holds.
__attribute__((destructor)) static void at_exit() {
  if (!watched()) return;
  const Inside inside;
  for (int fd = 0; fd < 64; ++fd)
    if (written_to.load() >> fd & 1) Writing(channel_of(fd).out, false).done(0);
}

// Input.

IPCLAB_INTERPOSE(char*, fgets, char*, int, FILE*)(char* to, int size, FILE* stream) {
  char* result = real_fgets(to, size, stream);
  took_in(stream, !result);
  if (result) access_range(number(to), strlen(to) + 1, kWrite, IPCLAB_PLACE);
  return result;
}
IPCLAB_INTERPOSE(std::size_t, fread, void*, std::size_t, std::size_t, FILE*)
(void* to, std::size_t size, std::size_t count, FILE* stream) {
  const std::size_t result = real_fread(to, size, count, stream);
  took_in(stream, result < count);
  access_range(number(to), size * result, kWrite, IPCLAB_PLACE);
  return result;
}
IPCLAB_INTERPOSE(ssize_t, getdelim, char**, std::size_t*, int, FILE*)
(char** line, std::size_t* size, int delimiter, FILE* stream) {
  const ssize_t result = real_getdelim(line, size, delimiter, stream);
  took_in(stream, result < 0);
  return result;
}
ENTRY ssize_t getline(char** line, std::size_t* size, FILE* stream) {
  return ::getdelim(line, size, '\n', stream);
}
IPCLAB_INTERPOSE(int, fgetc, FILE*)(FILE* stream) {
  const int result = real_fgetc(stream);
  took_in(stream, result == EOF);
  return result;
}
IPCLAB_INTERPOSE(int, getc, FILE*)(FILE* stream) {
  const int result = real_getc(stream);
  took_in(stream, result == EOF);
  return result;
}
IPCLAB_INTERPOSE(int, getchar, void)() {
  const int result = real_getchar();
  took_in(stdin, result == EOF);
  return result;
}
