#include "observe/symbols.hpp"

#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <set>

#include "base/debug_info.hpp"
#include "observe/frame_pointer.hpp"

namespace ipclab::observe {

/// A thread's stack is unwound by the program's own unwind tables from the two registers that /proc shows, as
/// far as functions keep their frames by the stack pointer, and with a frame pointer that was looked for.
struct Registers {
  int pid = 0, tid = 0;
  std::uint64_t stack_pointer = 0, program_counter = 0, frame_pointer = 0;
};

namespace {

/// C library functions that sleep: what a person would say the thread is in. Without those that shorter forms
/// jump to (waitpid to wait4, mq_receive to mq_timedreceive): which of the two was called shows nowhere.
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
                                           "mq_send",
                                           "msgrcv",
                                           "msgsnd",
                                           "semop",
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
                                           "waitid",
                                           "open",
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
  if (name.ends_with("64")) name.resize(name.size() - 2);  // open64: for large files
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

// Registers of x86-64 by their DWARF numbers (System V ABI, AMD64 supplement, figure 3.36).
constexpr int kFramePointer = 6, kStackPointer = 7;

pid_t next_thread(Dwfl*, void* registers, void** visited) {
  if (*visited) return 0;
  *visited = registers;
  return static_cast<Registers*>(registers)->tid;
}

bool memory_read(Dwfl*, Dwarf_Addr address, Dwarf_Word* word, void* registers) {
  return read_memory(static_cast<Registers*>(registers)->pid, address, word, sizeof *word);
}

bool set_registers(Dwfl_Thread* thread, void* visited) {
  const auto& registers = *static_cast<Registers*>(visited);
  const Dwarf_Word stack_pointer = registers.stack_pointer;
  const Dwarf_Word frame_pointer = registers.frame_pointer;
  dwfl_thread_state_register_pc(thread, registers.program_counter);
  if (frame_pointer) dwfl_thread_state_registers(thread, kFramePointer, 1, &frame_pointer);
  return dwfl_thread_state_registers(thread, kStackPointer, 1, &stack_pointer);
}

constexpr Dwfl_Thread_Callbacks kThreads{next_thread, nullptr, memory_read, set_registers, nullptr, nullptr};

/// What was met on the way up.
struct Walk {
  CallSite site;
  std::uint64_t last = 0;  // the code of the outermost function
  bool reached_program = false;
};

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
      if (map.executable && map.path.starts_with('/')) {
        program = map.path;  // the first code is the program itself
        break;
      }
    dwfl_attach_state(dwfl, nullptr, pid, &kThreads, &registers);
  }
  ~Impl() {
    if (dwfl) dwfl_end(dwfl);
  }

  bool in_program(std::uint64_t address) const {
    return std::ranges::any_of(maps, [&](const Mapping& map) {
      return map.executable && address >= map.begin && address < map.end && map.path == program;
    });
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

  /// Of what was inlined, the first that is not the library's: its headers wrap calls (fortified ones).
  static std::string line_of(const std::vector<SourcePlace>& places) {
    for (const SourcePlace& place : places)
      if (!place.path.empty() && !place.path.starts_with("/usr/"))
        return fmt::format("{}:{}", place.path.substr(place.path.rfind('/') + 1), place.line);
    return "";
  }

  /// The outermost function of the C library that sleeps is the one that the program called.
  void add_frame(Walk& walk, std::uint64_t address) const {
    walk.last = address;
    const std::string name = function_at(address);
    if (is_waiting_function(name)) walk.site.function = name;
    if (!in_program(address)) return;
    Dwfl_Module* module = dwfl_addrmodule(dwfl, address);
    const auto places = module ? source_of(module, address) : std::vector<SourcePlace>();
    // The race runtime is a part of the programs that it watches, and stands before the library.
    walk.reached_program = places.empty() || places.back().path.find("/race/runtime/") == std::string::npos;
    if (walk.reached_program) walk.site.where = line_of(places);
  }

  /// From the system call to the first function of the program.
  Walk walk_up() {
    struct Visit {
      const Impl& impl;
      Walk walk;
    } visit{*this, {}};
    const auto frame = [](Dwfl_Frame* frame, void* argument) -> int {
      auto& [impl, walk] = *static_cast<Visit*>(argument);
      Dwarf_Addr address = 0;
      bool interrupted = false;  // there, and not behind a call
      if (!dwfl_frame_pc(frame, &address, &interrupted)) return DWARF_CB_ABORT;
      impl.add_frame(walk, interrupted ? address : address - 1);
      return walk.reached_program ? DWARF_CB_ABORT : DWARF_CB_OK;
    };
    dwfl_getthread_frames(dwfl, registers.tid, frame, &visit);
    return visit.walk;
  }

  int pid;
  Registers registers;
  std::vector<Mapping> maps;
  std::string program;
  Dwfl_Callbacks callbacks{};
  Dwfl* dwfl = nullptr;
};

Symbols::Symbols(int pid) : impl_(new Impl(pid)) {}
Symbols::~Symbols() { delete impl_; }

CallSite Symbols::call_site(const RawThread& thread) {
  if (!impl_->dwfl) return {};
  impl_->registers = {impl_->pid, thread.tid, thread.stack_pointer, thread.program_counter};
  const Walk walk = impl_->walk_up();
  if (walk.reached_program) return walk.site;
  for (const std::uint64_t at : frame_pointers(impl_->pid, thread.stack_pointer, walk.last)) {
    impl_->registers.frame_pointer = at;
    if (const Walk other = impl_->walk_up(); other.reached_program) return other.site;
  }
  return walk.site;
}

}  // namespace ipclab::observe
