// fails: who sleeps is woken, every time
// cause: no-signaller | blocks | stuck
  auto& word = reinterpret_cast<std::atomic<int>&>(sleeps);
  word.exchange(1);
  while (!ready() && word == 1) word.wait(1);
  word = 0;
// TODO(4)
  reinterpret_cast<std::atomic<int>&>(sleeps).notify_one();
