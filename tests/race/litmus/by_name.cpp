// RACE
// Two programs find each other by the name of a shared-memory object; mended, by a semaphore as well.
#include <semaphore.h>
#include <string>
#include "litmus.hpp"
struct Data {
  sem_t ready;
  int value;
};
int main(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "/litmus-" + std::to_string(::getpid());
  const int fd = ::shm_open(name.c_str(), O_RDWR | O_CREAT, 0600);
  if (argc == 1) (void)::ftruncate(fd, sizeof(Data));
  auto* data = static_cast<Data*>(::mmap(nullptr, sizeof(Data), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  if (argc > 1) {
#ifdef MENDED
    ::sem_wait(&data->ready);
#endif
    use(data->value);  // A
    return 0;
  }
  ::sem_init(&data->ready, 1, 0);
  if (::fork() == 0) ::execl("/proc/self/exe", argv[0], name.c_str(), nullptr);
  data->value = 7;  // B
  ::sem_post(&data->ready);
  reap_all();
  ::shm_unlink(name.c_str());
}
