// The regions of a learner's file: found, replaced, emptied, and errors that name the line.

#include "cli/regions.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace ipclab::cli;

namespace {

const std::string kText =
    "int before;\n"
    "int f() {\n"
    "  // TODO(1): do the first thing,\n"
    "  // in two lines of comment.\n"
    "  return 1;\n"
    "  // END(1)\n"
    "}\n"
    "// TODO(2): the second\n"
    "int g();\n"
    "// a comment in the body\n"
    "// END(2)\n";

std::string error_of(const std::string& text) {
  try {
    find_regions(text, "file.cpp");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("number, task, body and indent") {
  const auto regions = find_regions(kText, "file.cpp");
  REQUIRE(regions.size() == 2);
  CHECK(regions[0].number == 1);
  CHECK(regions[0].task == "do the first thing, in two lines of comment.");
  CHECK(regions[0].indent == "  ");
  CHECK(body_of(kText, regions[0]) == "  return 1;\n");
  CHECK(regions[1].number == 2);
  CHECK(regions[1].indent.empty());
}

TEST_CASE("another body changes nothing else") {
  const std::string changed = with_body(kText, 1, "  return 2;\n  // more\n", "file.cpp");
  CHECK(changed.find("  return 2;\n  // more\n  // END(1)\n") != std::string::npos);
  CHECK(frame_of(changed, "file.cpp") == frame_of(kText, "file.cpp"));
  CHECK(with_body(changed, 1, "  return 1;\n", "file.cpp") == kText);
}

TEST_CASE("emptied: every body is not_done, and nothing else has changed") {
  const std::string empty = emptied(kText, "file.cpp");
  CHECK(empty.find("  not_done(1);\n  // END(1)") != std::string::npos);
  CHECK(empty.find("return 1") == std::string::npos);
  CHECK(emptied(empty, "file.cpp") == empty);
}

TEST_CASE("a change outside the regions is seen") {
  std::string other = kText;
  other.replace(0, 10, "int after;");
  CHECK(frame_of(other, "file.cpp") != frame_of(kText, "file.cpp"));
}

TEST_CASE("broken marks are named with their line") {
  CHECK(error_of("// TODO(1): x\nint i;\n").starts_with("file.cpp:1: TODO(1) has no END(1)"));
  CHECK_FALSE(error_of("// TODO(1): x\n// TODO(2): y\n// END(1)\n// END(2)\n").empty());
  CHECK_FALSE(error_of("int i;\n// END(3)\n").empty());
  CHECK_FALSE(error_of("// TODO(1): x\n// END(1)\n// TODO(1): x\n// END(1)\n").empty());
  CHECK(error_of("// a remark about TODO and END\n").empty());
}
