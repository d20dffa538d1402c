// The checks of lab 06-tcp, part 2: requests and answers.

#include <string>
#include <utility>
#include <vector>

#include "service.hpp"

TEST_CASE("what is set can be got" * rule("S3") * todo(4) * points(2)) {
  Service here;
  const auto key = here.room.random_text(), value = here.room.random_text() + " " + here.room.random_text();
  here.connect("a");
  here.must_answer("a", "get " + key, "none");
  here.must_answer("a", "set " + key + " " + value, "ok");
  here.must_answer("a", "get " + key, "value " + value);
  here.must_answer("a", "set " + key + " ", "ok");
  here.connect("b");
  here.must_answer("b", "get " + key, "value ");
  here.must_answer("b", "delete " + key, "ok");
  here.must_answer("a", "get " + key, "none");
  here.send("a", "what?\n\nget " + key + "\n");
  for (int i = 0; i < 2; ++i)
    if (const auto said = here.receive("a").value(); !said.starts_with("error "))
      fails(cause::kWrongAnswer, "what is no request is answered with an error",
            "it is answered with " + said);
  here.receive("a").must_return("none");
  here.must_answer("a", "delete " + key, "none");  // what was no request did not end the conversation
  here.ends();
}

TEST_CASE("a request may be cut at any byte" * rule("S4") * todo(3) * points(3)) {
  Service here;
  const std::string value = here.room.random_text(2), text = "set k " + value + "\nget k\nget x\n";
  here.connect("a");
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    here.send("a", text.substr(0, cut));
    here.server.must_settle();
    here.send("a", text.substr(cut));
    for (const auto& answer : {std::string("ok"), "value " + value, std::string("none")})
      here.receive("a").must_return(answer);
  }
  here.ends();
}

TEST_CASE("a request may come byte by byte" * rule("S4") * todo(3) * points(1)) {
  Service here(in_every(kReceives, {short_count("recv", 1)}));
  here.connect("a");
  const auto value = here.room.random_text(20);
  here.must_answer("a", "set k " + value, "ok");
  here.must_answer("a", "get k", "value " + value);
  here.ends();
}

TEST_CASE("a thousand requests at once get a thousand answers, in order" * rule("S4") * todo(3) * points(2)) {
  Service here;
  std::string requests, answers;
  for (int i = 0; i < 500; ++i) {
    const auto value = here.room.random_text(static_cast<std::size_t>(here.room.random(0, 60)));
    requests += fmt::format("set k{} {}\nget k{}\n", i % 7, value, i % 7);
    answers += fmt::format("ok\nvalue {}\n", value);
  }
  here.room.write_file("requests", requests);
  here.room.keeps("requests");
  here.connect("a");
  here.client.does("send_file a requests");
  here.client.does("shut a");
  here.client.does("receive_all a answers");
  here.must_have_received("answers", answers);
  here.ends();
}

TEST_CASE("a value may have any bytes and any length" * rule("S3") * todo(4) * points(2)) {
  Service here;
  here.connect("a");
  for (const std::string& odd : {std::string("a\0b\0\0", 5), std::string("\r"), std::string("a\r"),
                                 std::string(" "), std::string(" a "), std::string("\t\xff\x1a")}) {
    here.must_answer("a", "set k " + odd, "ok");
    here.must_answer("a", "get k", "value " + odd);
  }
  std::string requests, answers;
  for (const auto& [size, times] : {std::pair{0, 1}, {1, 1}, {4096, 1}, {65537, 1}, {1 << 20, 2}}) {
    auto part = here.room.random_bytes(static_cast<std::size_t>(size));
    for (char& byte : part)
      if (byte == '\n') byte = '\0';
    std::string value;
    for (int i = 0; i < times; ++i) value += part;
    requests += "set k " + value + "\nget k\n";
    answers += "ok\nvalue " + value + "\n";
  }
  here.room.write_file("requests", requests);
  here.room.keeps("requests");
  here.client.does("send_file a requests");
  here.client.does("shut a");
  here.client.does("receive_all a answers");
  here.must_have_received("answers", answers);
  here.ends();
}
