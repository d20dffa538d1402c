#include "race/recording.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>

#include "base/syscall.hpp"

namespace ipclab::race {
namespace {

void futex(const Cell& word, int operation, std::uint32_t value, const timespec* timeout) {
  ::syscall(SYS_futex, &word, operation, value, timeout, nullptr, 0);
}

}  // namespace

Recording::Recording(std::optional<std::uint64_t> seed)
    : fd_(checked(::memfd_create("ipclab-race", MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create")) {
  checked(::ftruncate(fd_.get(), sizeof(Record)), "ftruncate");
  checked(::fcntl(fd_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), "F_ADD_SEALS");
  void* at = ::mmap(reinterpret_cast<void*>(kAddress), sizeof(Record), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, fd_.get(), 0);
  if (at == MAP_FAILED)
    throw std::system_error(errno, std::generic_category(), "mapping the record of races");
  Record& r = *race::record();
  r.scheduled = seed.has_value();
  r.seed = seed.value_or(0);
  r.version = kVersion;
}

Recording::~Recording() { ::munmap(race::record(), sizeof(Record)); }

std::pair<std::string, std::string> Recording::variable() const {
  return {kVariable, fmt::format("/proc/{}/fd/{}", ::getpid(), fd_.get())};
}

std::pair<std::string, std::string> Recording::variable(int inherited) {
  return {kVariable, fmt::format("/proc/self/fd/{}", inherited)};
}

std::size_t Recording::bytes() const {
  struct stat state {};
  checked(::fstat(fd_.get(), &state), "fstat");
  return static_cast<std::size_t>(state.st_blocks) * 512;
}

void Recording::close_gate() { race::record()->gate.store(1); }

void Recording::open_gate() {
  Record& r = *race::record();
  r.gate.store(0);
  // Whoever is woken finds that nobody has the turn, and picks.
  for (Index i = 1, last = std::min<Index>(r.tasks_used.load(), kTasks - 1); i <= last; ++i) {
    if (r.tasks[i].state.load() == kEnded) continue;
    r.tasks[i].turn.store(1);
    return futex(r.tasks[i].turn, FUTEX_WAKE, 1, nullptr);
  }
}

unsigned Recording::arrived(unsigned known, std::chrono::milliseconds at_most) const {
  const Cell& arrived = record().arrived;
  const timespec timeout{at_most.count() / 1000, at_most.count() % 1000 * 1'000'000};
  if (arrived.load() == known) futex(arrived, FUTEX_WAIT, known, &timeout);
  return arrived.load();
}

}  // namespace ipclab::race
