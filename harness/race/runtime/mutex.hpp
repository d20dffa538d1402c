// What waiting on a condition does to its mutex.
#pragma once

#include <pthread.h>

#include <cstdint>
#include <optional>

namespace ipclab::race {

bool is_shared(const pthread_mutex_t* mutex);
/// The scheduler's way of locking: 0, EOWNERDEAD, ETIMEDOUT or another error. The bookkeeping is the
/// caller's.
int lock_in_turn(pthread_mutex_t* mutex, std::uint64_t place, std::optional<std::uint64_t> timeout_ns = {});
int unlock_really(pthread_mutex_t* mutex);

// What the functions of that name do, for a call at `place`.
int mutex_lock(pthread_mutex_t* mutex, std::uint64_t place);
int mutex_trylock(pthread_mutex_t* mutex, std::uint64_t place);
int mutex_timedlock(pthread_mutex_t* mutex, const timespec* until, std::uint64_t place);
int mutex_unlock(pthread_mutex_t* mutex, std::uint64_t place);
int condition_wait(pthread_cond_t* condition, pthread_mutex_t* mutex, std::uint64_t place);
int condition_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until,
                        std::uint64_t place);
int condition_signal(pthread_cond_t* condition, bool all, std::uint64_t place);
void mutex_taken(pthread_mutex_t* mutex, int error, std::uint64_t place);
void mutex_given_up(pthread_mutex_t* mutex, std::uint64_t place);

}  // namespace ipclab::race
