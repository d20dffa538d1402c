// RACE
// memcpy of a whole structure, against a write to one member.
#include <cstring>
#include "litmus.hpp"
struct Item {
  long id;
  char text[120];
};
int main(int argc, char**) {
  auto* item = shared<Item>();
  child([&] {
    Item mine;
    std::memcpy(&mine, item, sizeof mine / static_cast<std::size_t>(argc));  // A
    use(mine.text[3]);
  });
#ifdef MENDED
  reap_all();
#endif
  item->text[3] = 'x';  // B
  reap_all();
}
