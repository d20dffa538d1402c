#include "race/runtime/image.hpp"

#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/task.hpp"

namespace ipclab::race {
namespace {

void program_path(char* to, std::size_t size) {
  const long length = ::syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", to, size - 1);
  to[length > 0 ? length : 0] = '\0';
}

int add_module(dl_phdr_info* info, std::size_t, void* data) {
  Image& image = *static_cast<Image*>(data);
  const bool first = image.modules.load() == 0 && info->dlpi_name[0] == '\0';
  if (!first && info->dlpi_name[0] == '\0') return 0;
  const Index index = grow(record()->modules_used, kModules);
  if (!index) return 1;
  Module& module = record()->modules[index];
  module.bias = info->dlpi_addr;
  module.begin = ~0ull;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& part = info->dlpi_phdr[i];
    if (part.p_type != PT_LOAD) continue;
    const std::uint64_t begin = info->dlpi_addr + part.p_vaddr, end = begin + part.p_memsz;
    if (begin < module.begin) module.begin = begin;
    if (end > module.end) module.end = end;
  }
  strncpy(module.path, first ? image.program : info->dlpi_name, sizeof module.path - 1);
  module.next = image.modules.load();
  image.modules.store(index);
  return 0;
}

}  // namespace

void describe_image() {
  const Index index = grow(record()->images_used, kImages);
  if (!index) return;
  Image& image = record()->images[index];
  program_path(image.program, sizeof image.program);
  ::dl_iterate_phdr(add_module, &image);
  record()->processes[process].image = index;
}

}  // namespace ipclab::race
