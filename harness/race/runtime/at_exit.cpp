// std::promise::set_value_at_thread_exit and its kin: the state becomes ready inside the library, when the
// thread ends.
#include "race/runtime/real.hpp"
#include "race/runtime/sync.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

namespace {

/// std::__at_thread_exit_elt and, behind it, the state of the promise: libstdc++'s, part of its ABI.
struct Element {
  Element* next;
  void (*at_exit)(void*);
  char* state;
};
constexpr std::size_t kStatus = 16;  // in the state: behind the table of virtual functions and the result

void (*make_ready)(void*) = nullptr;

void release_and_make_ready(void* element) {
  if (watched()) {
    const Inside inside;
    release(sync_at(static_cast<Element*>(element)->state + kStatus, Kind::atomic));
  }
  make_ready(element);
}

}  // namespace

// std::__future_base::_State_baseV2::_Make_ready::_M_set()
IPCLAB_INTERPOSE(void, _ZNSt13__future_base13_State_baseV211_Make_ready6_M_setEv, void*)(void* element) {
  real__ZNSt13__future_base13_State_baseV211_Make_ready6_M_setEv(element);
  auto& mine = *static_cast<Element*>(element);
  make_ready = mine.at_exit;
  mine.at_exit = release_and_make_ready;
}
