// fails: await sleeps until a message comes to the empty queue, every time
// cause: wrong-answer
  receive();
