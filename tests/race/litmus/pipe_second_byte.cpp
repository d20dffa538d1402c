// RACE
// Two bytes, two values: whoever has read the first byte may not look at the second value yet.
#include "litmus.hpp"
int main() {
  auto* value = shared<int>(2);
  int ends[2];
  (void)::pipe(ends);
  value[0] = 1;
  (void)::write(ends[1], "1", 1);
  child([&] {
    value[1] = 2;  // A
    (void)::write(ends[1], "2", 1);
  });
  child([&] {
    char bytes[2];
    (void)::read(ends[0], bytes, 1);
    use(value[0]);
#ifdef MENDED
    (void)::read(ends[0], bytes, 1);
#endif
    use(value[1]);  // B
  });
  reap_all();
}
