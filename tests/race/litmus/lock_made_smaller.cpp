// RACE by luck
// A lock that is given up in part, and one that becomes a reader's: the rest is held on.
#include "litmus.hpp"
struct Shared {
  long one, other;
};
int main() {
  auto* s = shared<Shared>();
  char name[] = "/tmp/litmus-XXXXXX";
  ::close(::mkstemp(name));
  const auto set = [](int file, short kind, off_t from, off_t length) {
    struct flock range {};
    range.l_type = kind;
    range.l_start = from;
    range.l_len = length;
    ::fcntl(file, F_SETLKW, &range);
  };
  for (int i = 0; i < 3; ++i)
    child([=] {
      const int file = ::open(name, O_RDWR);
      set(file, F_WRLCK, 0, 20);
      set(file, F_UNLCK, 5, 5);
      s->one += 1;
      set(file, F_UNLCK, 0, 20);
      set(file, F_WRLCK, 100, 20);
#ifdef MENDED
      s->other += 1;
      set(file, F_RDLCK, 100, 20);
#else
      set(file, F_UNLCK, 100, 20);
      s->other += 1;  // A B
#endif
      use(s->other);
    });
  reap_all();
  ::unlink(name);
}
