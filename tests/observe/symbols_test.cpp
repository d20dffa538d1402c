// Which function of the C library a sleeper called, and from which line.

#include "observe/symbols.hpp"

#include <pthread.h>
#include <sys/syscall.h>

#include "base/fd.hpp"
#include "forked.hpp"

using namespace ipclab;
using namespace ipclab::observe;

TEST_CASE("the line that made the call, and the function") {
  const PipeEnds pipe = make_pipe();
  char c;
  const int line = __LINE__ + 2;
  const Forked child([&] {
    while (::read(pipe.read.get(), &c, 1) == 1) {
    }
  });
  const RawThread thread = child.asleep_in(SYS_read);
  const CallSite site = Symbols(child.pid()).call_site(thread);
  CHECK(site.where == "symbols_test.cpp:" + std::to_string(line));
  CHECK(site.function == "read");
}

TEST_CASE("a function that sleeps in a call of another name is told; what was left on the stack is not") {
  pthread_mutex_t& mutex = *make_shared_memory<pthread_mutex_t>();
  ::pthread_mutex_init(&mutex, nullptr);
  ::pthread_mutex_lock(&mutex);
  const int line = __LINE__ + 2;
  const Forked child([&] {
    if (::pthread_mutex_lock(&mutex) != 0) ::abort();  // no tail call: the frame must stay
  });
  const RawThread thread = child.asleep_in(SYS_futex);
  const CallSite site = Symbols(child.pid()).call_site(thread);
  CHECK(site.function == "pthread_mutex_lock");
  CHECK(site.where == "symbols_test.cpp:" + std::to_string(line));
}
