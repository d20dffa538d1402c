// What is compiled for whom, and what is not compiled twice.

#include "cli/build.hpp"

#include <doctest/doctest.h>

#include "cli/compilation.hpp"
#include "cli/cxx.hpp"
#include "cli/preamble.hpp"
#include "cli/workshop.hpp"
#include "race/recording.hpp"

using namespace ipclab;
using namespace ipclab::cli;

TEST_CASE("programs in which races can be seen are made only for checks that watch for races") {
  const Variant ring = solution(find_lab("15-ring"));
  const Built plain = build(ring, false), both = build(ring, true);
  REQUIRE(plain.compiled);
  REQUIRE(both.compiled);
  CHECK(fs::exists(plain.programs / "ring"));
  CHECK_FALSE(fs::exists(plain.programs / race::kWatchedPrograms));
  CHECK(fs::exists(both.programs / "ring"));
  CHECK(fs::exists(both.programs / race::kWatchedPrograms / "ring"));
}

TEST_CASE("a preamble is the includes that a source begins with, and nothing that depends on more") {
  CHECK(preamble_of("// What it is.\n\n#include <string>  // a word\n#include \"own.hpp\"\n//\nint x;\n"
                    "#include <vector>\n") == "#include <string>  // a word\n#include \"own.hpp\"\n");
  CHECK(preamble_of("#define SIZE 7\n#include <string>\n") == "");
  CHECK(preamble_of("#include <string>\n#if 0\n#include <vector>\n#endif\n") == "#include <string>\n");
  CHECK(preamble_of("#include <string>\n/* #include <map>\n#include <vector> */\n") == "#include <string>\n");
  CHECK(preamble_of("// goes on \\\n#include <string>\n") == "");
  CHECK(preamble_of("#include MACRO\n") == "");
}

TEST_CASE("what begins as its lab's skeleton does is compiled with the preamble that is kept") {
  if (is_clang()) return;
  const std::string source = "ring.cpp";
  Variant ring = solution(find_lab("15-ring"));
  Workshop workshop(ring);

  const Preamble first(ring, Kind::plain, source);
  std::vector<CompilerJob> jobs{first.job_to_make(workshop)};
  workshop.run(jobs);
  REQUIRE(jobs[0].status == 0);
  first.keep_from(workshop);

  const Preamble kept(ring, Kind::plain, source);
  CHECK_FALSE(kept.is_wanted());
  jobs = {{Kind::plain, compiler_flags(), 0, ""}};
  auto& arguments = jobs[0].arguments;
  const auto to_use = kept.arguments_to_use(workshop);
  arguments.insert(arguments.end(), to_use.begin(), to_use.end());
  arguments.insert(arguments.end(),
                   {"-Winvalid-pch", "-I" + workshop.place("include"), "-c",
                    workshop.place("src") + "/" + source, "-o", workshop.place("out") + "/ring.o"});
  workshop.run(jobs);
  CHECK(jobs[0].status == 0);
  CHECK(jobs[0].messages == "");

  const auto begins_otherwise = [&](const Variant& variant) {
    const Preamble preamble(variant, Kind::plain, source);
    return !preamble.is_wanted() && preamble.arguments_to_use(workshop).empty();
  };
  CHECK_FALSE(begins_otherwise(ring));
  Variant other = ring;
  other.files[source] = "#define SIZE 7\n" + other.files[source];
  CHECK(begins_otherwise(other));
  ring.files["ring.hpp"] += "\n";
  CHECK(begins_otherwise(ring));
}
