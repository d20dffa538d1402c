#include "report/layout.hpp"

#include <doctest/doctest.h>

#include "report/message.hpp"

using namespace ipclab::report;
using Lines = std::vector<std::string>;

TEST_CASE("columns are characters, not bytes") {
  CHECK(columns("") == 0);
  CHECK(columns("abc") == 3);
  CHECK(columns("ab…") == 3);
  CHECK(columns("‘a’ — b") == 7);
  CHECK(columns("e\u0301") == 1);   // a combining accent
  CHECK(columns("漢字") == 4);      // wide
  CHECK(columns("\xff\xc3") == 2);  // no UTF-8: a column a byte
  CHECK(padded("é", 3) == "é  ");
  CHECK(padded("abcd", 3) == "abcd");
}

TEST_CASE("lines are broken at spaces") {
  CHECK(wrapped("", 10) == Lines{""});
  CHECK(wrapped("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrapped("one two three", 8) == Lines{"one two", "three"});
  CHECK(wrapped("… … …", 3) == Lines{"… …", "…"});
  CHECK(wrapped("a verylongword b", 6) == Lines{"a", "verylongword", "b"});
  CHECK(wrapped("one\ntwo", 10) == Lines{"one", "two"});
  CHECK(wrapped("one\n\ntwo", 10) == Lines{"one", "", "two"});
}

TEST_CASE("what strangers print does not reach the terminal as it is") {
  CHECK(printable("plain ‘text’\t…\n") == "plain ‘text’\t…\n");
  CHECK(printable("\x1b[2J") == "\\x1b[2J");
  CHECK(printable(std::string_view("\0\r\x7f", 3)) == "\\x00\\x0d\\x7f");
  CHECK(printable("\xff\xc3(") == "\\xff\\xc3(");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");                    // CSI as one character (C1)
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // a surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond Unicode
  CHECK(printable("\xe2\x80") == "\\xe2\\x80");                    // cut
}

TEST_CASE("lines of a text") {
  CHECK(lines_of("") == Lines{});
  CHECK(lines_of("a\nb\n") == Lines{"a", "b"});
  CHECK(lines_of("a\n\nb") == Lines{"a", "", "b"});
}

TEST_CASE("a table keeps its columns, and breaks what is too wide") {
  Style style;
  style.width = 60;
  CHECK(table({{"a", "waits", "read"}, {"bcd", "sleeps for a time", "nanosleep"}, {"pipe", "empty", ""}}, 2,
              style) ==
        "  a      waits               read\n"
        "  bcd    sleeps for a time   nanosleep\n"
        "  pipe   empty\n");
  CHECK(table({{"pipe A", "empty; its write end is open in: child (fd 4), parent (fd 5)", ""}}, 2, style) ==
        "  pipe A   empty; its write end is open in: child (fd 4),\n"
        "           parent (fd 5)\n");
  CHECK(
      table({{"a", "waits for somebody to unlock the mutex", "pthread_mutex_lock, bank.cpp:57"}}, 2, style) ==
      "  a   waits for somebody to unlock the mutex\n"
      "      pthread_mutex_lock, bank.cpp:57\n");
  CHECK(table({{"", "no names here", ""}}, 2, style) == "  no names here\n");
  CHECK(table({{"sh", "starts: echo a\nexec cat\t", ""}}, 2, style) ==
        "  sh   starts: echo a\\nexec cat\\t\n");
  CHECK(table({}, 2, style) == "");
}

TEST_CASE("a label stands beside the first line only") {
  Style style;
  style.width = 40;
  CHECK(labelled("because", "it is so, and there is more to say of it", style) ==
        "  because   it is so, and there is more\n"
        "            to say of it\n");
  CHECK(labelled("because", "", style) == "");
}
