#include "observe/symbols.hpp"

#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <set>

namespace ipclab::observe {
namespace {

constexpr std::size_t kStackRead = 8192;

/// C library functions that sleep: what a person would say the thread is in.
bool is_waiting_function(const std::string& name) {
  static const std::set<std::string> names{"pthread_cond_wait",
                                           "pthread_cond_timedwait",
                                           "pthread_cond_clockwait",
                                           "pthread_mutex_lock",
                                           "pthread_mutex_timedlock",
                                           "pthread_mutex_clocklock",
                                           "pthread_join",
                                           "pthread_timedjoin_np",
                                           "pthread_clockjoin_np",
                                           "pthread_rwlock_rdlock",
                                           "pthread_rwlock_wrlock",
                                           "pthread_barrier_wait",
                                           "pthread_once",
                                           "sem_wait",
                                           "sem_timedwait",
                                           "sem_clockwait",
                                           "mq_receive",
                                           "mq_timedreceive",
                                           "mq_send",
                                           "mq_timedsend",
                                           "msgrcv",
                                           "msgsnd",
                                           "semop",
                                           "semtimedop",
                                           "read",
                                           "write",
                                           "readv",
                                           "writev",
                                           "recv",
                                           "recvfrom",
                                           "recvmsg",
                                           "send",
                                           "sendto",
                                           "sendmsg",
                                           "accept",
                                           "accept4",
                                           "connect",
                                           "poll",
                                           "ppoll",
                                           "select",
                                           "pselect",
                                           "epoll_wait",
                                           "epoll_pwait",
                                           "waitpid",
                                           "wait",
                                           "wait4",
                                           "waitid",
                                           "open",
                                           "open64",
                                           "openat",
                                           "fcntl",
                                           "flock",
                                           "lockf",
                                           "pause",
                                           "sigsuspend",
                                           "sigwait",
                                           "sigwaitinfo",
                                           "sigtimedwait",
                                           "nanosleep",
                                           "clock_nanosleep",
                                           "usleep",
                                           "sleep"};
  return names.contains(name);
}

std::string plain(const char* symbol) {
  std::string name = symbol;
  name = name.substr(0, name.find('@'));
  const auto begin = name.find_first_not_of('_');
  if (begin == std::string::npos) return name;
  name = name.substr(begin);
  if (name.starts_with("libc_")) name = name.substr(5);
  return name;
}

/// In a room the paths of the maps are the room's: the files are opened through the process's own root.
int find_elf(Dwfl_Module*, void** user_data, const char* name, Dwarf_Addr, char** file_name, Elf**) {
  (void)user_data;
  const int pid = *static_cast<int*>(*user_data);
  if (!name || name[0] != '/') return -1;
  const std::string path = fmt::format("/proc/{}/root{}", pid, name);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd >= 0) *file_name = ::strdup(path.c_str());
  return fd;
}

/// x86-64: a return address stands behind a call instruction.
bool follows_call(int pid, std::uint64_t address) {
  std::array<unsigned char, 8> before{};
  if (!read_memory(pid, address - before.size(), before.data(), before.size())) return false;
  if (before[3] == 0xe8) return true;            // call rel32
  for (const std::size_t at : {6u, 5u, 2u, 1u})  // call r/m64 (FF /2), by length
    if (before[at] == 0xff && ((before[at + 1] >> 3) & 7) == 2) return true;
  return false;
}

}  // namespace

struct Symbols::Impl {
  explicit Impl(int pid) : pid(pid), maps(read_maps(pid)) {
    callbacks.find_elf = find_elf;
    callbacks.find_debuginfo = dwfl_standard_find_debuginfo;
    dwfl = dwfl_begin(&callbacks);
    if (!dwfl) return;
    dwfl_report_begin(dwfl);
    dwfl_linux_proc_report(dwfl, pid);
    dwfl_report_end(dwfl, nullptr, nullptr);
    dwfl_getmodules(
        dwfl,
        [](Dwfl_Module*, void** data, const char*, Dwarf_Addr, void* self) -> int {
          *data = &static_cast<Impl*>(self)->pid;
          return DWARF_CB_OK;
        },
        this, 0);
    for (const Mapping& map : maps)
      if (map.path.starts_with('/')) {
        program = map.path;  // the first file mapped is the program itself
        break;
      }
  }
  ~Impl() {
    if (dwfl) dwfl_end(dwfl);
  }

  const Mapping* executable_at(std::uint64_t address) const {
    for (const Mapping& map : maps)
      if (map.executable && address >= map.begin && address < map.end) return &map;
    return nullptr;
  }

  std::string function_at(std::uint64_t address) const {
    Dwfl_Module* module = dwfl_addrmodule(dwfl, address);
    GElf_Off offset = 0;
    GElf_Sym symbol{};
    const char* name =
        module ? dwfl_module_addrinfo(module, address, &offset, &symbol, nullptr, nullptr, nullptr) : nullptr;
    if (!name || (symbol.st_size && offset >= symbol.st_size)) return "";
    return plain(name);
  }

  std::string line_at(std::uint64_t address) const {
    Dwfl_Module* module = dwfl_addrmodule(dwfl, address);
    Dwfl_Line* line = module ? dwfl_module_getsrc(module, address) : nullptr;
    int number = 0;
    const char* file = line ? dwfl_lineinfo(line, nullptr, &number, nullptr, nullptr, nullptr) : nullptr;
    if (!file || std::strncmp(file, "/usr/", 5) == 0) return "";
    const char* slash = std::strrchr(file, '/');
    return fmt::format("{}:{}", slash ? slash + 1 : file, number);
  }

  int pid;
  std::vector<Mapping> maps;
  std::string program;
  Dwfl_Callbacks callbacks{};
  Dwfl* dwfl = nullptr;
};

Symbols::Symbols(int pid) : impl_(new Impl(pid)) {}
Symbols::~Symbols() { delete impl_; }

CallSite Symbols::call_site(std::uint64_t stack_pointer) {
  CallSite site;
  if (!impl_->dwfl) return site;
  std::array<std::uint64_t, kStackRead / 8> stack{};
  std::size_t words = stack.size();
  while (words > 32 && !read_memory(impl_->pid, stack_pointer, stack.data(), words * 8)) words /= 2;
  for (std::size_t i = 0; i < words && (site.function.empty() || site.where.empty()); ++i) {
    const Mapping* mapping = impl_->executable_at(stack[i]);
    if (!mapping || !follows_call(impl_->pid, stack[i])) continue;
    if (mapping->path == impl_->program) {
      if (site.where.empty()) site.where = impl_->line_at(stack[i] - 1);
    } else if (site.function.empty() && site.where.empty()) {
      if (const std::string name = impl_->function_at(stack[i] - 1); is_waiting_function(name))
        site.function = name;
    }
  }
  return site;
}

}  // namespace ipclab::observe
