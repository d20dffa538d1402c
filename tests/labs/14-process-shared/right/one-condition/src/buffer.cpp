// Another way: one condition for everything that changes, always broadcast; the second lock is only tried,
// and when that fails both are let go of.

#include "buffer.hpp"

#include <sched.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace {

bool has_lock(Buffer& buffer, int result) {
  if (result == EOWNERDEAD) {
    ::pthread_mutex_consistent(&buffer.lock);
    result = 0;
  }
  if (result != 0 && result != EBUSY) throw std::system_error(result, std::generic_category(), "lock");
  return result == 0;
}

void sleep_until_something_changes(Buffer& buffer) {
  has_lock(buffer, ::pthread_cond_wait(&buffer.not_empty, &buffer.lock));
}

void changed(Buffer& buffer) {
  ::pthread_cond_broadcast(&buffer.not_empty);
  leave(buffer);
}

[[noreturn]] void give_up(Buffer& buffer, int error) {
  leave(buffer);
  throw std::system_error(error, std::generic_category(), "buffer");
}

}  // namespace

void prepare(Buffer& buffer) {
  pthread_mutexattr_t lock;
  pthread_condattr_t condition;
  ::pthread_mutexattr_init(&lock);
  ::pthread_condattr_init(&condition);
  ::pthread_mutexattr_setpshared(&lock, PTHREAD_PROCESS_SHARED);
  ::pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_setrobust(&lock, PTHREAD_MUTEX_ROBUST);
  ::pthread_mutex_init(&buffer.lock, &lock);
  ::pthread_cond_init(&buffer.not_empty, &condition);
  ::pthread_cond_init(&buffer.not_full, &condition);
}

void enter(Buffer& buffer) { has_lock(buffer, ::pthread_mutex_lock(&buffer.lock)); }
void leave(Buffer& buffer) { ::pthread_mutex_unlock(&buffer.lock); }

void put(Buffer& buffer, const Item& item) {
  enter(buffer);
  for (; !buffer.is_shut; sleep_until_something_changes(buffer)) {
    if (buffer.count == buffer.capacity) continue;
    copy_item(buffer.items[(buffer.first + buffer.count) % buffer.capacity], item);
    ++buffer.count;
    return changed(buffer);
  }
  give_up(buffer, EPIPE);
}

Item get(Buffer& buffer) {
  enter(buffer);
  while (buffer.count == 0) {
    if (buffer.is_shut) give_up(buffer, EPIPE);
    sleep_until_something_changes(buffer);
  }
  Item item;
  copy_item(item, buffer.items[buffer.first]);
  if (++buffer.first == buffer.capacity) buffer.first = 0;
  --buffer.count;
  changed(buffer);
  return item;
}

void shut(Buffer& buffer) {
  enter(buffer);
  buffer.is_shut = true;
  changed(buffer);
}

void move(Buffer& from, Buffer& to) {
  Buffer *held = &from, *wanted = &to;
  const bool same = from.id == to.id;
  for (enter(*held); !same && !has_lock(*wanted, ::pthread_mutex_trylock(&wanted->lock)); enter(*held)) {
    leave(*held);
    std::swap(held, wanted);  // wait, next time, for the one that was busy
    ::sched_yield();
  }
  const int error = from.count == 0 || to.count == to.capacity ? EAGAIN : to.is_shut ? EPIPE : 0;
  if (error == 0) {
    copy_item(to.items[(to.first + to.count) % to.capacity], from.items[from.first]);
    ++to.count;
    from.first = (from.first + 1) % from.capacity;
    --from.count;
  }
  changed(from);
  if (!same) changed(to);
  if (error != 0) throw std::system_error(error, std::generic_category(), "move");
}
