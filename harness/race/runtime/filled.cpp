// What the library and the kernel write for the caller: times, names, random bytes, a sorted array.
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "race/runtime/real.hpp"
#include "race/runtime/shadow.hpp"

using namespace ipclab::race;

namespace {

void written(const void* at, std::size_t size, std::uint64_t place) {
  if (at && watched()) access_range(reinterpret_cast<std::uint64_t>(at), size, kWrite, place);
}

}  // namespace

IPCLAB_INTERPOSE(int, clock_gettime, clockid_t, timespec*)(clockid_t clock, timespec* time) noexcept {
  const int result = real_clock_gettime(clock, time);
  if (result == 0) written(time, sizeof *time, IPCLAB_PLACE);
  return result;
}
IPCLAB_INTERPOSE(int, gettimeofday, timeval*, void*)(timeval* time, void* zone) noexcept {
  const int result = real_gettimeofday(time, zone);
  if (result == 0) written(time, sizeof *time, IPCLAB_PLACE);
  return result;
}
IPCLAB_INTERPOSE(char*, getcwd, char*, std::size_t)(char* to, std::size_t size) noexcept {
  char* result = real_getcwd(to, size);
  if (result && to) written(to, strlen(to) + 1, IPCLAB_PLACE);
  return result;
}
IPCLAB_INTERPOSE(ssize_t, readlink, const char*, char*, std::size_t)
(const char* path, char* to, std::size_t size) noexcept {
  const ssize_t result = real_readlink(path, to, size);
  if (result > 0) written(to, static_cast<std::size_t>(result), IPCLAB_PLACE);
  return result;
}
IPCLAB_INTERPOSE(ssize_t, getrandom, void*, std::size_t, unsigned)
(void* to, std::size_t size, unsigned flags) {
  const ssize_t result = real_getrandom(to, size, flags);
  if (result > 0) written(to, static_cast<std::size_t>(result), IPCLAB_PLACE);
  return result;
}
/// Whoever compares may see that two are equal, or that all is sorted: it is taken for written all the same.
IPCLAB_INTERPOSE(void, qsort, void*, std::size_t, std::size_t, int (*)(const void*, const void*))
(void* array, std::size_t count, std::size_t size, int (*compare)(const void*, const void*)) {
  written(array, count * size, IPCLAB_PLACE);
  real_qsort(array, count, size, compare);
}
