// The inside of decode.hpp: one thread's call, by the family that it belongs to. Each family is a file,
// decode_*.cpp.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <algorithm>
#include <cstdint>

#include "observe/decode.hpp"
#include "observe/futex.hpp"

namespace ipclab::observe {

class Decoder {
 public:
  Decoder(const Context& context, const RawThread& thread)
      : context_(context), thread_(thread), pid_(context.process.pid) {}

  Wait decode();

 private:
  std::uint64_t argument(int n) const { return thread_.arguments[n]; }
  int fd(int n = 0) const { return static_cast<int>(argument(n)); }

  // The families of calls. False: the call is none of these.
  bool transfers();
  bool polls();
  bool locks();
  bool system_v();
  bool processes();
  bool sleeps();

  void descriptor(int fd, bool writing);
  void target(int object, Need need) { wait_.any_of.push_back({object, need}); }
  void time_out(double seconds) { wait_.time_out_seconds = std::max(0.0, seconds); }
  void relative(std::uint64_t address);
  void deadline(std::uint64_t address, clockid_t clock);
  void milliseconds(std::uint64_t value) {
    if (static_cast<int>(value) >= 0) time_out(static_cast<int>(value) / 1e3);
  }

  void socket_option(bool writing);
  void open_fifo(int directory, std::uint64_t path_address);
  void poll();
  void select();
  void epoll(int set);
  void futex();
  void futexes();
  void mapped_by_all(int object, const Place& place);
  void file_lock(bool whole_file);
  void semaphore_set();
  void system_v_queue(bool sending);
  bool pidfd(int fd);
  void end_of(int pid);
  void child(std::uint64_t idtype, std::int64_t id);
  void signal();
  bool polls_nothing() const;

  const Context& context_;
  const RawThread& thread_;
  int pid_;
  Wait wait_;
  int nested_ = 0;  // epoll sets that it is in
};

}  // namespace ipclab::observe
