// fails: an answer to the fifth try counts as any other
// cause: no-sender
for (unsigned number = 1;; ++number) {
      const std::string block = next_block(file);
      const std::string packet = two_bytes(kData) + two_bytes(number) + block;
      Answer answer = Answer::none;
      for (int i = 0; i < kTries && answer == Answer::none; ++i) {
        send_to(socket_.get(), client_, packet);
        if (i == kTries - 1) return;
        answer = answer_to(static_cast<int>(number));
      }
      if (answer != Answer::acknowledged) return;
      if (block.size() < kBlockSize) return;
    }
