#include "race/runtime/region.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/memory.hpp"
#include "race/runtime/stack.hpp"
#include "race/runtime/task.hpp"
#include "race/runtime/text.hpp"

namespace ipclab::race {
namespace {

Index own = 0;

Index region(const Region& wanted, std::uint64_t place) {
  Record& r = *record();
  return interned(
      r.region_index, kRegions * 2, mixed(wanted.key[0] ^ mixed(wanted.key[1] ^ mixed(wanted.key[2]))),
      [&](Index i) {
        const Region& there = r.regions[i];
        return there.kind == wanted.kind && memcmp(there.key, wanted.key, sizeof wanted.key) == 0;
      },
      [&] {
        const Index fresh = grow(r.regions_used, kRegions);
        if (fresh) {
          r.regions[fresh] = wanted;
          r.regions[fresh].made_at = place ? stack_at(place) : 0;
        }
        return fresh;
      });
}

bool begins(const char* text, const char* with) { return strncmp(text, with, strlen(with)) == 0; }

void cut(char* text, const char* ending) {
  const std::size_t length = strlen(text), end = strlen(ending);
  if (length >= end && strcmp(text + length - end, ending) == 0) text[length - end] = '\0';
}

/// As a person calls it: "/queue" for shared memory, the file's name, the memfd's name.
void name_file(int fd, Region& region) {
  char link[32] = "/proc/self/fd/";
  char digits[12];
  int n = 0;
  for (unsigned rest = static_cast<unsigned>(fd); rest || n == 0; rest /= 10)
    digits[n++] = static_cast<char>('0' + rest % 10);
  for (std::size_t at = strlen(link); n > 0; link[at] = '\0') link[at++] = digits[--n];
  char path[512];
  const long length = ::syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  path[length > 0 ? length : 0] = '\0';
  cut(path, " (deleted)");
  const char* shown = path;
  if (begins(path, "/memfd:")) {
    region.kind = Memory::memfd;
    shown = path + 1;
  } else if (begins(path, "/dev/shm/")) {
    region.kind = Memory::shm;
    shown = path + strlen("/dev/shm");
  } else if (const char* slash = strrchr(path, '/')) {
    shown = slash + 1;
  }
  strncpy(region.name, shown, sizeof region.name - 1);
}

}  // namespace

Index own_region() {
  if (!own) {
    Region wanted{};
    wanted.kind = Memory::own;
    wanted.key[0] = process;
    own = region(wanted, 0);
  }
  return own;
}

void forget_own_region() { own = 0; }

/// The time of birth tells a file from an earlier one with the same inode number.
Index region_of_file(int fd, std::uint64_t place) {
  struct statx status {};
  if (::syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) != 0) return 0;
  if (!S_ISREG(status.stx_mode)) return 0;
  Region wanted{};
  wanted.kind = Memory::file;
  wanted.key[0] = std::uint64_t{status.stx_dev_major} << 32 | status.stx_dev_minor;
  wanted.key[1] = status.stx_ino;
  if (status.stx_mask & STATX_BTIME)
    wanted.key[2] =
        static_cast<std::uint64_t>(status.stx_btime.tv_sec) * 1'000'000'000 + status.stx_btime.tv_nsec;
  name_file(fd, wanted);
  return region(wanted, place);
}

Index region_of_segment(int shmid, std::uint64_t place) {
  Region wanted{};
  wanted.kind = Memory::sysv;
  wanted.key[0] = static_cast<std::uint64_t>(shmid);
  strcpy(wanted.name, "segment");
  return region(wanted, place);
}

Index anonymous_region(std::uint64_t place) {
  Region wanted{};
  wanted.kind = Memory::anonymous;
  wanted.key[0] = record()->anonymous_used.fetch_add(1) + 1;
  strcpy(wanted.name, "anonymous#");
  append_number(wanted.name, wanted.key[0]);
  return region(wanted, place);
}

}  // namespace ipclab::race
