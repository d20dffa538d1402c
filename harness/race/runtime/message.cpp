#include "race/runtime/message.hpp"

#include "race/runtime/task.hpp"

namespace ipclab::race {
namespace {

Index new_message() {
  Record& r = *record();
  {
    const Holding pool(r.pool);
    if (const Index first = r.free_message) {
      r.free_message = r.messages[first].next;
      return first;
    }
  }
  return grow(r.messages_used, kMessages);
}

void free_message(Message* message) {
  Record& r = *record();
  free_clock(message->clock);
  const Holding pool(r.pool);
  message->next = r.free_message;
  r.free_message = static_cast<Index>(message - r.messages);
}

}  // namespace

Message* push(Sync& sync) {
  const Index clock = new_clock(), index = clock ? new_message() : 0;
  if (!index) {
    if (Clock* base = made(sync.clock)) join(*base, self.task->clock);
    return nullptr;
  }
  copy(clock_at(clock), self.task->clock);
  Message& message = record()->messages[index];
  message = Message{};
  message.clock = clock;
  if (sync.last) message_at(sync.last)->next = index;
  else sync.first = index;
  sync.last = index;
  return &message;
}

void take_out(Sync& sync, Message* before, Message* message) {
  if (before) before->next = message->next;
  else sync.first = message->next;
  if (!message->next) sync.last = before ? static_cast<Index>(before - record()->messages) : 0;
  free_message(message);
}

void fold(Sync& sync, Message* before, Message* message) {
  if (Clock* base = made(sync.clock)) join(*base, clock_at(message->clock));
  take_out(sync, before, message);
}

void fold_all(Sync& sync) {
  while (Message* first = message_at(sync.first)) fold(sync, nullptr, first);
}

}  // namespace ipclab::race
