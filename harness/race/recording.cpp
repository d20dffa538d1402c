#include "race/recording.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include "base/syscall.hpp"

namespace ipclab::race {

Recording::Recording(std::optional<std::uint64_t> seed)
    : fd_(checked(::memfd_create("ipclab-race", MFD_CLOEXEC), "memfd_create")) {
  checked(::ftruncate(fd_.get(), sizeof(Record)), "ftruncate");
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

}  // namespace ipclab::race
