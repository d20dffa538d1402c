// Another way: the lock is tried before it is waited for, and the count is read and written by the compiler's atomic
// builtins.

#include "buffer.hpp"

#include <cerrno>
#include <system_error>

#include "ipclab/not_done.hpp"

using ipclab::not_done;

namespace {

[[noreturn]] void fail(int error, const char* what) { throw std::system_error(error, std::generic_category(), what); }

/// The pthread functions return their error; they do not set errno.
[[maybe_unused]] void must(int error, const char* call) {
  if (error != 0) fail(error, call);
}

/// Deals with the result of a call after which this process should have the lock.
void entered([[maybe_unused]] Buffer& buffer, [[maybe_unused]] int result) {
  // TODO(2): 0: it has it. EOWNERDEAD: it has it too, but whoever had it before has died with it. The order of the steps in
  // put and get sees to it that the buffer's contents are whole even then; say so to the mutex. Anything else is thrown.
  if (result == EOWNERDEAD) result = ::pthread_mutex_consistent(&buffer.lock);
  must(result, "pthread_mutex_lock");
  // END(2)
}

/// Gives the lock up, sleeps until the condition is signalled, and has the lock again.
[[maybe_unused]] void wait(pthread_cond_t& condition, Buffer& buffer) {
  entered(buffer, ::pthread_cond_wait(&condition, &buffer.lock));
}

}  // namespace

void prepare([[maybe_unused]] Buffer& buffer) {
  // TODO(1): Initialise the lock and both conditions for use by several processes. The lock must survive the death of a
  // process that holds it.
  pthread_mutexattr_t lock;
  ::pthread_mutexattr_init(&lock);
  ::pthread_mutexattr_setpshared(&lock, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_setrobust(&lock, PTHREAD_MUTEX_ROBUST);
  must(::pthread_mutex_init(&buffer.lock, &lock), "pthread_mutex_init");
  pthread_condattr_t condition;
  ::pthread_condattr_init(&condition);
  ::pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  must(::pthread_cond_init(&buffer.not_empty, &condition), "pthread_cond_init");
  must(::pthread_cond_init(&buffer.not_full, &condition), "pthread_cond_init");
  // END(1)
}

void enter(Buffer& buffer) {
  const int tried = ::pthread_mutex_trylock(&buffer.lock);
  entered(buffer, tried == EBUSY ? ::pthread_mutex_lock(&buffer.lock) : tried);
}

namespace {

unsigned count_of(const Buffer& buffer) { return __atomic_load_n(&buffer.count, __ATOMIC_RELAXED); }
void set_count(Buffer& buffer, unsigned count) { __atomic_store_n(&buffer.count, count, __ATOMIC_RELAXED); }

}  // namespace

void leave(Buffer& buffer) { ::pthread_mutex_unlock(&buffer.lock); }

void put(Buffer& buffer, [[maybe_unused]] const Item& item) {
  enter(buffer);
  // TODO(3): Wait while the buffer is full and not shut. When it is shut, leave and throw EPIPE. Copy the item behind the
  // last; only then count it. Whoever waits for an item must learn of it. Leave.
  while (count_of(buffer) == buffer.capacity && !buffer.is_shut) wait(buffer.not_full, buffer);
  if (buffer.is_shut) {
    leave(buffer);
    fail(EPIPE, "put");
  }
  copy_item(buffer.items[(buffer.first + count_of(buffer)) % buffer.capacity], item);
  set_count(buffer, count_of(buffer) + 1);
  ::pthread_cond_signal(&buffer.not_empty);
  leave(buffer);
  // END(3)
}

Item get(Buffer& buffer) {
  enter(buffer);
  // TODO(4): Wait while the buffer is empty and not shut. When it is empty still, leave and throw EPIPE. Copy the oldest item;
  // only then take it off. Whoever waits for room must learn of it. Leave and return the item.
  while (count_of(buffer) == 0 && !buffer.is_shut) wait(buffer.not_empty, buffer);
  if (count_of(buffer) == 0) {
    leave(buffer);
    fail(EPIPE, "get");
  }
  Item item;
  copy_item(item, buffer.items[buffer.first]);
  buffer.first = (buffer.first + 1) % buffer.capacity;
  set_count(buffer, count_of(buffer) - 1);
  ::pthread_cond_signal(&buffer.not_full);
  leave(buffer);
  return item;
  // END(4)
}

void shut(Buffer& buffer) {
  enter(buffer);
  // TODO(5): Shut it, and tell everybody who waits for anything. Leave.
  buffer.is_shut = true;
  ::pthread_cond_broadcast(&buffer.not_empty);
  ::pthread_cond_broadcast(&buffer.not_full);
  leave(buffer);
  // END(5)
}

void move([[maybe_unused]] Buffer& from, [[maybe_unused]] Buffer& to) {
  // TODO(6): Enter both buffers, such that processes that move in opposite directions never wait for each other for ever.
  // When they are one and the same, it is entered once.
  enter(from.id < to.id ? from : to);
  if (from.id != to.id) enter(from.id < to.id ? to : from);
  // END(6)
  const int error = count_of(from) == 0 || count_of(to) == to.capacity ? EAGAIN : to.is_shut ? EPIPE : 0;
  if (error == 0) {
    copy_item(to.items[(to.first + count_of(to)) % to.capacity], from.items[from.first]);
    set_count(to, count_of(to) + 1);
    from.first = (from.first + 1) % from.capacity;
    set_count(from, count_of(from) - 1);
    ::pthread_cond_signal(&to.not_empty);
    ::pthread_cond_signal(&from.not_full);
  }
  leave(from);
  if (to.id != from.id) leave(to);
  if (error != 0) fail(error, "move");
}
