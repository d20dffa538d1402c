// The checks of lab 04-sysv-mq, part 4: questions and answers.

#include <cerrno>
#include <string>
#include <vector>

#include "desk.hpp"

TEST_CASE("ask sleeps until the answer is there, and takes no question for it" * rule("S7") * todo(4) *
          points(2)) {
  Room room;
  const Pair pair(room);
  auto carol = desk(room, "carol");
  carol.does(kOpen);
  const auto question = room.random_text(), answer = room.random_text(), late = room.random_text();
  auto bobs = pair.bob.types("ask " + question);
  bobs.must_block_in("msgrcv", on("sysv_queue"));
  auto carols = carol.types("ask " + late);
  carols.must_block_in("msgrcv", on("sysv_queue"));
  const auto [asker, text] = parted(pair.alice.asks("take"));
  if (text != question)
    fails(cause::kWrongAnswer, "take gives the oldest question, " + ipclab::quoted(question),
          "it gives " + ipclab::quoted(text));
  if (const std::string number = number_of(pair.bob); !number.empty() && asker != number)
    fails(cause::kWrongAnswer, "a question begins with the process number of the asker",
          "it begins with another number");
  bobs.must_block_in("msgrcv", on("sysv_queue"));
  pair.alice.does(fmt::format("answer {} {}", asker, answer));
  bobs.must_return(answer);
  const auto [other, other_text] = parted(pair.alice.asks("take"));
  pair.alice.does(fmt::format("answer {} {}", other, word("")));
  carols.must_return("");
  carol.does("close");
  pair.close();
}

TEST_CASE("questions and answers may have any bytes, as many as fit" * rule("S7") * todo(4) * points(2)) {
  Room room;
  const Pair pair(room);
  std::size_t most = 0;  // what the asker's number leaves; the first question tells it
  for (const std::string& text : {std::string("a\0b \0", 5), std::string(), std::string("fills")}) {
    const auto question = text == "fills" ? room.random_bytes(most) : text;
    const auto answer = text == "fills" ? room.random_bytes(kLongest) : text;
    auto asked = pair.bob.types("ask " + word(question));
    asked.must_block_in("msgrcv", on("sysv_queue"));
    const auto [asker, got] = parted(pair.alice.asks("take"));
    if (got != question)
      fails(cause::kWrongAnswer,
            fmt::format("take gives the question, of {} bytes, as it was asked", question.size()),
            fmt::format("it gives {}, of {} bytes", ipclab::quoted(got.substr(0, 40)), got.size()));
    pair.alice.does(fmt::format("answer {} {}", asker, word(answer)));
    asked.must_return(answer);
    most = kLongest - asker.size() - 1;
  }
  pair.bob.types("ask " + room.random_text(most + 1)).must_fail("EINVAL");
  pair.alice.types("try_receive 0").must_fail("ENOMSG");
  pair.close();
}

TEST_CASE("an answer reaches the one who asked, in whatever order they are given" * rule("S7") * todo(4) *
          points(3)) {
  Room room;
  const Pair pair(room);
  auto carol = desk(room, "carol"), dave = desk(room, "dave");
  std::vector<Reply> replies;
  for (const Console& console : {pair.bob, carol, dave}) {
    if (console.pid() != pair.bob.pid()) console.does(kOpen);
    replies.push_back(console.types("ask \"who am I\""));
    replies.back().must_block_in("msgrcv", on("sysv_queue"));
  }
  std::vector<std::string> askers, answers;
  for (int i = 0; i < 3; ++i) {
    askers.push_back(parted(pair.alice.asks("take")).first);
    answers.push_back(room.random_bytes(40));
  }
  // The last who asked first: who takes any answer gets one that is not its own.
  for (std::size_t i = 3; i-- > 0;) {
    pair.alice.does(fmt::format("answer {} {}", askers[i], word(answers[i])));
    room.settles();
    for (std::size_t other = 0; other < i; ++other)
      if (replies[other].has_returned())
        fails(cause::kWrongAnswer, "an answer reaches only the one who asked",
              fmt::format("{} returns with the answer to another one", replies[other].typed()));
    replies[i].must_return(answers[i]);
  }
  for (const Console& console : {carol, dave}) console.does("close");
  pair.close();
}
