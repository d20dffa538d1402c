// RACE
// A named semaphore, opened by each process for itself.
#include <semaphore.h>
#include <string>
#include "litmus.hpp"
int main() {
  const std::string name = "/litmus-" + std::to_string(::getpid());
  auto* value = shared<int>();
  child([&] {
    sem_t* ready = ::sem_open(name.c_str(), O_CREAT, 0600, 0);
    ::sem_wait(ready);
    use(*value);  // A
  });
  sem_t* ready = ::sem_open(name.c_str(), O_CREAT, 0600, 0);
#ifdef MENDED
  *value = 1;
  ::sem_post(ready);
#else
  ::sem_post(ready);
  *value = 1;  // B
#endif
  reap_all();
  ::sem_unlink(name.c_str());
}
