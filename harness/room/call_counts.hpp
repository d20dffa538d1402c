// The system calls that a process has made, and the bytes that they carried: a value. Counted by the room's
// tracer for programs that were started with count_calls() (fault.hpp).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ipclab::room {

class CallCounts {
 public:
  struct Entry {
    long number = 0;  // of the system call
    int fd = -1;      // its first argument, where that is a descriptor
    long calls = 0;
    long bytes_in =
        0;  // copied from the kernel into the program: read, recv, mq_receive, msgrcv and their kin
    long bytes_out = 0;    // … from the program into the kernel: write, send, mq_send, msgsnd and their kin
    long bytes_moved = 0;  // inside the kernel, by splice, sendfile and their kin
    long needless = 0;     // closes of a descriptor that was not open (-1 is none, and does not count)
  };

  void add(const Entry& entry);
  const std::vector<Entry>& entries() const { return entries_; }

  long total() const;
  /// By the names that faults know (fault.cpp); throws std::invalid_argument for another.
  long calls(std::string_view name) const;
  long bytes_in() const;
  long bytes_out() const;
  long bytes_moved() const;
  long needless_closes() const;

  /// What has come since `earlier`.
  CallCounts operator-(const CallCounts& earlier) const;
  /// Without the calls on these descriptors.
  CallCounts without(const std::set<int>& fds) const;
  /// "3 futex, 1 write (8 bytes out)", the most frequent first; "none".
  std::string listed() const;

 private:
  std::vector<Entry> entries_;  // ordered by number and descriptor; none without a call or a byte
};

}  // namespace ipclab::room
