// Another way: a guard object holds the lock, and the wake-up calls come after it has been let go of.

#include "buffer.hpp"

#include <time.h>

#include <cerrno>
#include <optional>
#include <system_error>

namespace {

void check(int error, const char* call) {
  if (error != 0) throw std::system_error(error, std::generic_category(), call);
}

void settle(Buffer& buffer, int error) {
  if (error == EOWNERDEAD) error = ::pthread_mutex_consistent(&buffer.lock);
  check(error, "lock");
}

class Guard {
 public:
  explicit Guard(Buffer& buffer) : buffer_(buffer) { enter(buffer_); }
  ~Guard() { leave(buffer_); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  Buffer& buffer_;
};

Item& slot(Buffer& buffer, unsigned n) { return buffer.items[(buffer.first + n) % buffer.capacity]; }

void add(Buffer& buffer, const Item& item) {
  copy_item(slot(buffer, buffer.count), item);
  buffer.count++;
}

void take_off(Buffer& buffer) {
  buffer.first = (buffer.first + 1) % buffer.capacity;
  buffer.count--;
}

}  // namespace

void prepare(Buffer& buffer) {
  pthread_mutexattr_t mutex;
  check(::pthread_mutexattr_init(&mutex), "pthread_mutexattr_init");
  check(::pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST), "pthread_mutexattr_setrobust");
  check(::pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED), "pthread_mutexattr_setpshared");
  check(::pthread_mutexattr_settype(&mutex, PTHREAD_MUTEX_ERRORCHECK), "pthread_mutexattr_settype");
  check(::pthread_mutex_init(&buffer.lock, &mutex), "pthread_mutex_init");
  ::pthread_mutexattr_destroy(&mutex);
  pthread_condattr_t condition;
  check(::pthread_condattr_init(&condition), "pthread_condattr_init");
  check(::pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED), "pthread_condattr_setpshared");
  check(::pthread_condattr_setclock(&condition, CLOCK_MONOTONIC), "pthread_condattr_setclock");
  for (pthread_cond_t* one : {&buffer.not_full, &buffer.not_empty})
    check(::pthread_cond_init(one, &condition), "pthread_cond_init");
  ::pthread_condattr_destroy(&condition);
}

void enter(Buffer& buffer) { settle(buffer, ::pthread_mutex_lock(&buffer.lock)); }
void leave(Buffer& buffer) { ::pthread_mutex_unlock(&buffer.lock); }

void put(Buffer& buffer, const Item& item) {
  {
    const Guard guard(buffer);
    while (!buffer.is_shut && buffer.count >= buffer.capacity)
      settle(buffer, ::pthread_cond_wait(&buffer.not_full, &buffer.lock));
    if (buffer.is_shut) throw std::system_error(EPIPE, std::generic_category(), "shut");
    add(buffer, item);
  }
  ::pthread_cond_signal(&buffer.not_empty);
}

Item get(Buffer& buffer) {
  Item item;
  {
    const Guard guard(buffer);
    while (!buffer.is_shut && !buffer.count)
      settle(buffer, ::pthread_cond_wait(&buffer.not_empty, &buffer.lock));
    if (!buffer.count) throw std::system_error(EPIPE, std::generic_category(), "shut and empty");
    copy_item(item, slot(buffer, 0));
    take_off(buffer);
  }
  ::pthread_cond_signal(&buffer.not_full);
  return item;
}

void shut(Buffer& buffer) {
  {
    const Guard guard(buffer);
    buffer.is_shut = true;
  }
  ::pthread_cond_broadcast(&buffer.not_full);
  ::pthread_cond_broadcast(&buffer.not_empty);
}

void move(Buffer& from, Buffer& to) {
  {
    const Guard outer(from.id > to.id ? from : to);
    std::optional<Guard> inner;
    if (from.id != to.id) inner.emplace(from.id > to.id ? to : from);
    if (!from.count || to.count == to.capacity)
      throw std::system_error(EAGAIN, std::generic_category(), "move");
    if (to.is_shut) throw std::system_error(EPIPE, std::generic_category(), "move");
    add(to, slot(from, 0));
    take_off(from);
  }
  ::pthread_cond_signal(&to.not_empty);
  ::pthread_cond_signal(&from.not_full);
}
