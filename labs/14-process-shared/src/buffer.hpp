// Lab 14-process-shared: a bounded buffer that several processes use at once. The contract: given, not to be changed.
#pragma once

#include <pthread.h>

#include <cstddef>

struct Item {
  char text[64] = {};  // ends with a zero
};

inline constexpr unsigned kMostItems = 16;

/// Lies in shared memory, in every process at another address. Everything but `id` and `capacity`, which never change, is
/// read and written only by who holds `lock`.
struct Buffer {
  unsigned long id = 0;  // different for every buffer, the same in every process
  unsigned capacity = 0;
  pthread_mutex_t lock;
  pthread_cond_t not_empty, not_full;
  bool is_shut = false;
  unsigned first = 0, count = 0;  // items[first] is the oldest of `count`; after the last slot comes slot 0
  Item items[kMostItems];
};

/// Copies an item. Every item that goes in or out is copied by this, once, while the lock is held. (The checks make it
/// stop, or make its process die, in the middle.)
void copy_item(Item& to, const Item& from);

// Errors are thrown as std::system_error.

/// Makes lock and conditions, in shared memory that nobody else uses yet.
void prepare(Buffer& buffer);

/// Takes the lock. A process that dies while it has it leaves the buffer usable: the next one gets it.
void enter(Buffer& buffer);
void leave(Buffer& buffer);

/// Waits while the buffer is full. EPIPE: it is shut.
void put(Buffer& buffer, const Item& item);
/// The oldest item. Waits while there is none. EPIPE: there is none, and the buffer is shut.
Item get(Buffer& buffer);
/// From now on nothing comes in; what is in can still be taken out. Everybody who waits is told.
void shut(Buffer& buffer);
/// Takes the oldest item of one buffer to another, in one step for everybody else. Does not wait: EAGAIN when there is none,
/// or no room; EPIPE when `to` is shut. They may be the same buffer: its oldest item becomes its newest.
void move(Buffer& from, Buffer& to);
