// What waiting on a condition does to its mutex.
#pragma once

#include <pthread.h>

#include <cstdint>

namespace ipclab::race {

bool is_shared(const pthread_mutex_t* mutex);
void mutex_taken(pthread_mutex_t* mutex, int error, std::uint64_t place);
void mutex_given_up(pthread_mutex_t* mutex, std::uint64_t place);

}  // namespace ipclab::race
