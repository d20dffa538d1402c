#include "race/runtime/image.hpp"

#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race/runtime/real.hpp"
#include "race/runtime/task.hpp"

namespace ipclab::race {
namespace {

void program_path(char* to, std::size_t size) {
  const long length = ::syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", to, size - 1);
  to[length > 0 ? length : 0] = '\0';
}

std::uint64_t program_begin, program_end;

bool is_known(const Image& image, const dl_phdr_info& info) {
  for (Index i = image.modules.load(); i != 0; i = record()->modules[i].next)
    if (record()->modules[i].bias == info.dlpi_addr && strcmp(record()->modules[i].path, info.dlpi_name) == 0)
      return true;
  return false;
}

int add_module(dl_phdr_info* info, std::size_t, void* data) {
  Image& image = *static_cast<Image*>(data);
  if (is_known(image, *info)) return 0;
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
  if (first) program_begin = module.begin, program_end = module.end;
  strncpy(module.path, first ? image.program : info->dlpi_name, sizeof module.path - 1);
  module.next = image.modules.load();
  while (!image.modules.compare_exchange_weak(module.next, index)) {
  }
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

bool is_program(std::uint64_t place) { return program_begin <= place && place < program_end; }

void describe_libraries() {
  const Index image = record()->processes[process].image;
  if (image) ::dl_iterate_phdr(add_module, &record()->images[image]);
}

}  // namespace ipclab::race

/// What was loaded is part of the program from then on.
IPCLAB_INTERPOSE(void*, dlopen, const char*, int)(const char* path, int flags) {
  void* library = real_dlopen(path, flags);
  if (library && ipclab::race::watched()) {
    const ipclab::race::Inside inside;
    ipclab::race::describe_libraries();
  }
  return library;
}
