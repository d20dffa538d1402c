// fails: who sleeps is woken, every time
// cause: no-signaller | blocks | stuck
  std::atomic<std::uint32_t> word = sleeps.load();
  if (futex(word, FUTEX_WAKE, 1) < 0) fail("futex");
