// fails: curl gets the file whole over a link that loses, doubles and swaps
// cause: wrong-output
int i = 0;
    for (unsigned number = 1;; ++number) {
      const std::string block = next_block(file);
      const std::string packet = two_bytes(kData) + two_bytes(number) + block;
      Answer answer = Answer::none;
      for (; i < kTries && answer == Answer::none; ++i) {
        send_to(socket_.get(), client_, packet);
        answer = answer_to(static_cast<int>(number));
      }
      if (answer != Answer::acknowledged) return;
      if (block.size() < kBlockSize) return;
    }
