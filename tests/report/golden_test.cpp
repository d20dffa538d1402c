// Reports kept byte by byte in golden/. IPCLAB_UPDATE_GOLDEN=1 writes them anew: read the difference before
// you commit.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.hpp"
#include "report/json.hpp"
#include "report/layout.hpp"
#include "report/terminal.hpp"
#include "samples.hpp"

using namespace ipclab;
using report::Style;

namespace {

void must_equal_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(IPCLAB_SOURCE) / "tests/report/golden" / name;
  if (std::getenv("IPCLAB_UPDATE_GOLDEN")) write_file(path, text);
  INFO("golden file: " << name);
  CHECK(try_read_file(path).value_or("there is no such file") == text);
}

/// No line leaves the terminal unless a single word is longer than the room for it.
void must_fit(const std::string& text, std::size_t width) {
  for (const std::string& line : report::lines_of(text)) {
    CAPTURE(line);
    CHECK(report::columns(line) <= width);
    CHECK((line.empty() || line.back() != ' '));
  }
}

}  // namespace

TEST_CASE("a lab in which everything passes") {
  must_equal_golden("pass.txt", report::lab(sample::all_pass(), {}));
}

TEST_CASE("every status; the first failure in full") {
  const std::string text = report::lab(sample::mixed(), {});
  must_equal_golden("statuses.txt", text);
  must_fit(text, 100);
}

TEST_CASE("the design's message") {
  Style style;
  style.width = 91;
  must_equal_golden("hang.txt", report::check(sample::hang(), "01-pipe", style, true));
}

TEST_CASE("a wrong answer, with what the program printed") {
  must_equal_golden("wrong-answer.txt", report::check(sample::wrong_answer(), "03-posix-mq", {}, true));
}

TEST_CASE("verbose: every failure in full, and every event") {
  Style style;
  style.verbose = true;
  must_equal_golden("verbose.txt", report::lab(sample::mixed(), style));
}

TEST_CASE("a narrow terminal") {
  Style style;
  style.width = 60;
  const std::string text = report::lab(sample::mixed(), style);
  must_equal_golden("narrow.txt", text);
  must_fit(text, 60);
}

TEST_CASE("a fresh skeleton") { must_equal_golden("skeleton.txt", report::lab(sample::skeleton(), {})); }

TEST_CASE("a program that does not compile") {
  must_equal_golden("not-compiled.txt", report::lab(sample::not_compiled(), {}));
}

TEST_CASE("several labs") {
  must_equal_golden("several.txt",
                    report::summary({sample::mixed(), sample::all_pass(), sample::not_compiled()}, {}));
}

TEST_CASE("a machine without namespaces") {
  LabResult lab = sample::all_pass();
  for (CheckResult& check : lab.checks)
    check.room =
        "no namespaces here: names and ports are shared with the machine, so checks run one at a time";
  must_equal_golden("no-namespaces.txt", report::lab(lab, {}));
}

TEST_CASE("colours change nothing but the colours") {
  Style style;
  style.colours = true;
  std::string text = report::lab(sample::mixed(), style);
  must_equal_golden("colours.txt", text);
  for (std::size_t at; (at = text.find("\x1b[")) != std::string::npos;)
    text.erase(at, text.find('m', at) - at + 1);
  CHECK(text == report::lab(sample::mixed(), {}));
}

TEST_CASE("verdicts of why") {
  World world = sample::own_write_end();
  std::string all = report::verdict(detect::verdict(world.snapshot), {});
  world.snapshot.processes[1].threads[0].activity = Activity::running;
  all += "\n" + report::verdict(detect::verdict(world.snapshot), {});
  World cat;
  const int in = cat.pipe("standard input"), pid = cat.process("cat");
  cat.at(in).watcher_writes = cat.at(in).outside_writes = true;
  cat.reads(pid, 0, in);
  cat.blocks(pid, "read", in, Need::data, 0);
  all += "\n" + report::verdict(detect::verdict(cat.snapshot), {});
  cat.ends(pid, 2);
  all += "\n" + report::verdict(detect::verdict(cat.snapshot), {});
  World locks;
  const int alice = locks.process("alice"), bob = locks.process("bob");
  locks.locks(alice, locks.mutex("mutex at bank+0x40", bob));
  locks.locks(bob, locks.mutex("mutex at bank+0x0", alice));
  locks.at_thread(bob).wait.where = "bank.cpp:57";
  all += "\n" + report::verdict(detect::verdict(locks.snapshot), {});
  must_equal_golden("why.txt", all);
}

TEST_CASE("JSON for programs") {
  must_equal_golden("check.json", report::to_json({sample::mixed(), sample::not_compiled()}));
  const Snapshot snapshot = sample::own_write_end().snapshot;
  must_equal_golden("why.json", report::to_json(detect::verdict(snapshot), snapshot));
}
