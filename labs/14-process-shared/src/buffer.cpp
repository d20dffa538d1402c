// Lab 14-process-shared: a bounded buffer that several processes use at once.

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
  not_done(2);
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
  not_done(1);
  // END(1)
}

void enter(Buffer& buffer) { entered(buffer, ::pthread_mutex_lock(&buffer.lock)); }

void leave(Buffer& buffer) { ::pthread_mutex_unlock(&buffer.lock); }

void put(Buffer& buffer, [[maybe_unused]] const Item& item) {
  enter(buffer);
  // TODO(3): Wait while the buffer is full and not shut. When it is shut, leave and throw EPIPE. Copy the item behind the
  // last; only then count it. Whoever waits for an item must learn of it. Leave.
  not_done(3);
  // END(3)
}

Item get(Buffer& buffer) {
  enter(buffer);
  // TODO(4): Wait while the buffer is empty and not shut. When it is empty still, leave and throw EPIPE. Copy the oldest item;
  // only then take it off. Whoever waits for room must learn of it. Leave and return the item.
  not_done(4);
  // END(4)
}

void shut(Buffer& buffer) {
  enter(buffer);
  // TODO(5): Shut it, and tell everybody who waits for anything. Leave.
  not_done(5);
  // END(5)
}

void move([[maybe_unused]] Buffer& from, [[maybe_unused]] Buffer& to) {
  // TODO(6): Enter both buffers, such that processes that move in opposite directions never wait for each other for ever.
  // When they are one and the same, it is entered once.
  not_done(6);
  // END(6)
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
