// What a descriptor is, as /proc/self says.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace ipclab::race {

enum class Special { none, event, signal, timer, process, watch };

/// Of descriptors that have no name anywhere.
Special special_kind(int fd);

/// A number in a descriptor's fdinfo, by what stands before it ("eventfd-id:"); 0: there is none.
std::uint64_t number_in_info(int fd, const char* before);

/// The process that a pidfd stands for; 0: none.
pid_t process_of(int fd);

}  // namespace ipclab::race
