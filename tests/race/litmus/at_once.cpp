// RACE
// Two who meet, and then access the same place in the same instant: once for each line below, since a pair of
// lines is told once.
#include "litmus.hpp"

/// They wait for one another in a way that the detector does not see, so that it orders nothing.
void meet([[maybe_unused]] int* arrived, [[maybe_unused]] bool writer, [[maybe_unused]] int round) {
#ifndef MENDED
  asm volatile("movl %1, %0" : "=m"(arrived[writer ? 16 : 0]) : "r"(round) : "memory");
  for (int other = 0; other < round;)
    asm volatile("movl %1, %0" : "=r"(other) : "m"(arrived[writer ? 0 : 16]) : "memory");
  for (int delay = writer ? 200 : 100 + round * 4; delay > 0; --delay) asm volatile("");
#endif
}

#ifdef MENDED
#define WRITE(place) __atomic_store_n(&place, 1, __ATOMIC_RELAXED)
#define READ(place) __atomic_load_n(&place, __ATOMIC_RELAXED)
#else
#define WRITE(place) place = 1
#define READ(place) use(place)
#endif
#define BOTH(round) \
  meet(arrived, writer, round), writer ? (void)(WRITE(places[round])) : (void)(READ(places[round]))

void access(long* places, int* arrived, bool writer) {
  BOTH(1);  // A B
  BOTH(2);
  BOTH(3);
  BOTH(4);
  BOTH(5);
  BOTH(6);
  BOTH(7);
  BOTH(8);
  BOTH(9);
  BOTH(10);
  BOTH(11);
  BOTH(12);
  BOTH(13);
  BOTH(14);
  BOTH(15);
  BOTH(16);
  BOTH(17);
  BOTH(18);
  BOTH(19);
  BOTH(20);
  BOTH(21);
  BOTH(22);
  BOTH(23);
  BOTH(24);
  BOTH(25);
  BOTH(26);
  BOTH(27);
  BOTH(28);
  BOTH(29);
  BOTH(30);
  BOTH(31);
  BOTH(32);
  BOTH(33);
  BOTH(34);
  BOTH(35);
  BOTH(36);
  BOTH(37);
  BOTH(38);
  BOTH(39);
  BOTH(40);
  BOTH(41);
  BOTH(42);
  BOTH(43);
  BOTH(44);
  BOTH(45);
  BOTH(46);
  BOTH(47);
  BOTH(48);
  BOTH(49);
  BOTH(50);
}

int main() {
  auto* places = shared<long>(51);
  auto* arrived = shared<int>(32);
  child([&] { access(places, arrived, true); });
  access(places, arrived, false);
  reap_all();
}
