// What a process does and waits for, in the words that a person reads, and whether it is what a check
// expects. Pure. Names only: no pids, addresses, paths or times.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/snapshot.hpp"

namespace ipclab::detect {

/// What follows "alice is …": "blocked in read on pipe A", "asleep in clock_nanosleep", "burning CPU
/// (spinning)".
std::string activity_sentence(const Snapshot& snapshot, const Process& process);
std::string activity_sentence(const Snapshot& snapshot, const Thread& thread);

/// Does it wait for this object: its name ("/inbox", "pipe A"), the beginning of the name up to a space
/// ("child"), or its kind ("posix_queue")? An empty `object` is any. Whether the thread is asleep at all is
/// not asked here.
bool waits_on(const Snapshot& snapshot, const Thread& thread, std::string_view object);

/// Is it in this system call or C library function? Variants of one function count as the same ("mq_receive"
/// and "mq_timedreceive", "wait" and "waitid"); a futex counts as the function that waits for what this one
/// waits for.
bool waits_in(const Thread& thread, std::string_view call);

/// The function that a program called: "mq_receive" also where the system call is mq_timedreceive.
std::string call_name(const Wait& wait);

/// "alice"; "alice, thread 2" in a process of several threads, counted from 1 in order of creation.
std::string who(const Snapshot& snapshot, int tid);

/// What follows "alice …": "waits for input", "waits for child 2 to exit", "waits for bob to unlock mutex A";
/// without the object "waits for bob to unlock it", where a reader sees what "it" is.
std::string wait_phrase(const Snapshot& snapshot, const Thread& thread, bool with_object = true);

/// What follows "a message": " of type 7", " of type 3 or less", " of another type than 7", or nothing.
std::string of_type(const Target& target);

/// "a", "a and b", "a, b and c", "a, b, c and 4 more".
std::string enumeration(const std::vector<std::string>& names, std::size_t most = 4,
                        std::string_view last = "and");

/// Its name within a sentence: "pipe A", "the lock on file ring.dat".
std::string title(const Object& object);

/// The object of a target; nullptr where the snapshot has none.
const Object* object_of(const Snapshot& snapshot, const Target& target);

/// Ended, also when nobody has waited for it yet.
bool ended(const Process& process);

}  // namespace ipclab::detect
