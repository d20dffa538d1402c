#include "base/text.hpp"

#include <doctest/doctest.h>

using namespace ipclab;
using Strings = std::vector<std::string>;

TEST_CASE("bytes in quotes") {
  CHECK(quoted("") == "\"\"");
  CHECK(quoted("plain text") == "\"plain text\"");
  CHECK(quoted("a\nb\t\"c\"\\") == "\"a\\nb\\t\\\"c\\\"\\\\\"");
  CHECK(quoted(std::string_view("\0\x1f\x7f\xff", 4)) == "\"\\x00\\x1f\\x7f\\xff\"");
  CHECK(quoted("12345", 5) == "\"12345\"");
  CHECK(quoted("123456", 5) == "\"12345\"… (6 bytes)");
}

TEST_CASE("split") {
  CHECK(split("", ',') == Strings{""});
  CHECK(split("a", ',') == Strings{"a"});
  CHECK(split("a,,b,", ',') == Strings{"a", "", "b", ""});
}

TEST_CASE("trimmed") {
  CHECK(trimmed("") == "");
  CHECK(trimmed(" \t\r\n") == "");
  CHECK(trimmed("  a b \n") == "a b");
}

TEST_CASE("joined") {
  CHECK(joined({}, ", ") == "");
  CHECK(joined({"a"}, ", ") == "a");
  CHECK(joined({"a", "b"}, ", ") == "a, b");
}

TEST_CASE("the nearest name") {
  const Strings names = {"check", "watch", "hint", "list"};
  CHECK(nearest("chek", names) == "check");
  CHECK(nearest("check", names) == "check");
  CHECK(nearest("hnit", names) == "hint");
  CHECK(nearest("submission", names) == "");
  CHECK(nearest("x", {}) == "");
}
