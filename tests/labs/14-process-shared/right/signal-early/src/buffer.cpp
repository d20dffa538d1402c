// Another way: who has the lock calls first and changes then; who is called waits for the lock.

#include "buffer.hpp"

#include <cerrno>
#include <system_error>

namespace {

[[noreturn]] void fail(int error, const char* what) { throw std::system_error(error, std::generic_category(), what); }

/// The pthread functions return their error; they do not set errno.
void must(int error, const char* call) {
  if (error != 0) fail(error, call);
}

/// Deals with the result of a call after which this process should have the lock.
void entered(Buffer& buffer, int result) {
  if (result == EOWNERDEAD) result = ::pthread_mutex_consistent(&buffer.lock);
  must(result, "pthread_mutex_lock");
}

/// Gives the lock up, sleeps until the condition is signalled, and has the lock again.
void wait(pthread_cond_t& condition, Buffer& buffer) {
  entered(buffer, ::pthread_cond_wait(&condition, &buffer.lock));
}

}  // namespace

void prepare(Buffer& buffer) {
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
}

void enter(Buffer& buffer) { entered(buffer, ::pthread_mutex_lock(&buffer.lock)); }

void leave(Buffer& buffer) { ::pthread_mutex_unlock(&buffer.lock); }

void put(Buffer& buffer, const Item& item) {
  enter(buffer);
  while (buffer.count == buffer.capacity && !buffer.is_shut) wait(buffer.not_full, buffer);
  if (buffer.is_shut) {
    leave(buffer);
    fail(EPIPE, "put");
  }
  ::pthread_cond_signal(&buffer.not_empty);
  copy_item(buffer.items[(buffer.first + buffer.count) % buffer.capacity], item);
  ++buffer.count;
  leave(buffer);
}

Item get(Buffer& buffer) {
  enter(buffer);
  while (buffer.count == 0 && !buffer.is_shut) wait(buffer.not_empty, buffer);
  if (buffer.count == 0) {
    leave(buffer);
    fail(EPIPE, "get");
  }
  ::pthread_cond_signal(&buffer.not_full);
  Item item;
  copy_item(item, buffer.items[buffer.first]);
  buffer.first = (buffer.first + 1) % buffer.capacity;
  --buffer.count;
  leave(buffer);
  return item;
}

void shut(Buffer& buffer) {
  enter(buffer);
  ::pthread_cond_broadcast(&buffer.not_empty);
  ::pthread_cond_broadcast(&buffer.not_full);
  buffer.is_shut = true;
  leave(buffer);
}

void move(Buffer& from, Buffer& to) {
  enter(from.id < to.id ? from : to);
  if (from.id != to.id) enter(from.id < to.id ? to : from);
  const int error = from.count == 0 || to.count == to.capacity ? EAGAIN : to.is_shut ? EPIPE : 0;
  if (error == 0) {
    copy_item(to.items[(to.first + to.count) % to.capacity], from.items[from.first]);
    ++to.count;
    from.first = (from.first + 1) % from.capacity;
    --from.count;
    ::pthread_cond_signal(&to.not_empty);
    ::pthread_cond_signal(&from.not_full);
  }
  leave(from);
  if (to.id != from.id) leave(to);
  if (error != 0) fail(error, "move");
}
