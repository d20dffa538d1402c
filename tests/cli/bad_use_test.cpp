// Whatever is typed or handed in: one clear line, exit status 2, and nothing else is lost.

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "ipclab.hpp"

using namespace ipclab;
using namespace ipclab::cli::test;
namespace fs = std::filesystem;

namespace {

/// A student's directory, gone at the end.
class Handed {
 public:
  Handed() : path_((fs::temp_directory_path() / "ipclab-handed-XXXXXX").string()) {
    REQUIRE(::mkdtemp(path_.data()));
  }
  ~Handed() { fs::remove_all(path_); }
  Handed(const Handed&) = delete;
  Handed& operator=(const Handed&) = delete;

  void add(const std::string& name, const std::string& text) const {
    fs::create_directories((fs::path(path_) / name).parent_path());
    write_file(fs::path(path_) / name, text);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

const fs::path kSolution = IPCLAB_SOURCE "/solutions/01-pipe/src/pipeline.cpp";

void refused(const process::Outcome& outcome, const std::string& because) {
  CAPTURE(outcome.out);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.starts_with("ipclab: "));
  CHECK(std::ranges::count(outcome.err, '\n') == 1);
  CHECK_MESSAGE(outcome.err.find(because) != std::string::npos, outcome.err);
}

}  // namespace

TEST_CASE("words that nobody knows") {
  refused(typed({}), "subcommand");
  refused(typed({"chekc"}), "did you mean check?");
  refused(typed({"check", "01-pip"}), "did you mean 01-pipe?");
  refused(typed({"check", "99"}), "no lab is called 99");
  refused(typed({"check", "01-pipe", "--frobnicate"}), "--frobnicate");
  refused(typed({"check", "01-pipe", "-j", "0"}), "jobs");
  refused(typed({"check", "01-pipe", "--wrong", "nonesuch"}), "no wrong variant called nonesuch");
  refused(typed({"check", "01-pipe", "--solution", "--submission", "."}), "excludes");
  refused(typed({"hint", "01-pipe", "99"}), "TODO(99)");
  refused(typed({"reset", "01-pipe", "99"}), "TODO(99)");
  refused(typed({"matrix", "nonesuch"}), "no lab is called nonesuch");
  refused(typed({"watch", "01-pipe"}), "terminal");
}

TEST_CASE("a submission that is not there, is empty, or lacks a file") {
  refused(typed({"check", "01-pipe", "--submission", "/nonexistent"}), "No such file or directory");
  refused(typed({"check", "01-pipe", "--submission", "/etc/passwd"}), "not a directory");
  const Handed empty;
  refused(typed({"check", "01-pipe", "--submission", empty.path()}), "lacks pipeline.cpp");
  fs::create_directory(empty.path() + "/pipeline.cpp");
  refused(typed({"check", "01-pipe", "--submission", empty.path()}), "lacks pipeline.cpp");
}

TEST_CASE("a submission that the grader must not follow or cannot hold") {
  const Handed link;
  fs::create_symlink(kSolution, link.path() + "/pipeline.cpp");
  refused(typed({"check", "01-pipe", "--submission", link.path()}), "symbolic link");
  const Handed deep;
  fs::create_directory_symlink(kSolution.parent_path(), deep.path() + "/src");
  refused(typed({"check", "01-pipe", "--submission", deep.path()}), "symbolic link");
  const Handed large;
  large.add("pipeline.cpp", "");
  fs::resize_file(large.path() + "/pipeline.cpp", std::uintmax_t{10} << 30);  // a hole: takes no disk
  refused(typed({"check", "01-pipe", "--submission", large.path()}), "larger than 1 MiB");
  if (::geteuid() != 0) {
    const Handed locked;
    locked.add("pipeline.cpp", "");
    ::chmod((locked.path() + "/pipeline.cpp").c_str(), 0);
    refused(typed({"check", "01-pipe", "--submission", locked.path()}), "cannot read");
  }
}

TEST_CASE("what does not compile is told in the compiler's own words, and other labs go on") {
  const Handed handed;
  handed.add("01-pipe/pipeline.cpp", "#include \"pipeline.hpp\"\nint oops = nonsense;\n");
  handed.add("14-process-shared/src/buffer.cpp",
             read_file(IPCLAB_SOURCE "/solutions/14-process-shared/src/buffer.cpp"));
  const auto outcome =
      typed({"check", "01-pipe", "14-process-shared", "--submission", handed.path(), "--json", "-"});
  CHECK(outcome.exit_code == 2);
  const auto labs = nlohmann::json::parse(outcome.out).at("labs");
  REQUIRE(labs.size() == 2);
  CHECK(labs[0].at("compiled") == false);
  const std::string messages = labs[0].at("compiler_output");
  CHECK_MESSAGE(messages.find("01-pipe/pipeline.cpp:2") != std::string::npos, messages);
  CHECK(messages.find("nonsense") != std::string::npos);
  CHECK(labs[1].at("compiled") == true);
  CHECK(labs[1].at("earned") == labs[1].at("points"));
}

TEST_CASE("every source that stands beside the learner's file belongs to the submission") {
  const Handed handed;
  handed.add("pipeline.cpp", "#include \"more.hpp\"\n" + read_file(kSolution));
  handed.add("more.hpp", "void more();\n");
  handed.add("pipeline.hpp", "#error the submission's own\n");
  const auto outcome = typed({"check", "01-pipe", "--submission", handed.path()});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out.find("the submission's own") != std::string::npos);
  CHECK(outcome.out.find("more.hpp: No such file") == std::string::npos);
}

TEST_CASE("a submission is compiled without namespaces, too") {
  const Handed handed;
  handed.add("pipeline.cpp", read_file(kSolution) + "// never compiled before: " + handed.path() + "\n");
  process::Command command;
  command.argv = {kIpclab, "check", "01-pipe", "exit status", "--submission", handed.path()};
  command.environment = {{"IPCLAB_ROOM", "bare"}};
  const auto outcome = outcome_of(command);
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.out);
}

TEST_CASE("neither the compiler nor a program can be made to read the solution") {
  const Handed handed;
  handed.add("pipeline.cpp", "#include \"" + kSolution.string() + "\"\n");
  const auto outcome = typed({"check", "01-pipe", "--submission", handed.path()});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out.find("No such file or directory") != std::string::npos);
}

TEST_CASE("no compiler") {
  process::Command command;
  command.argv = {kIpclab, "check", "01-pipe", "--solution"};
  command.environment = {{"CXX", "nonesuch-c++"}};
  refused(outcome_of(command), "there is no C++ compiler: nonesuch-c++");
}

TEST_CASE("a place for results that cannot be written is refused before anything runs") {
  const auto outcome = typed({"check", "01-pipe", "--solution", "--json", "/nonexistent/result.json"});
  refused(outcome, "cannot write /nonexistent/result.json");
  CHECK(outcome.out.empty());
}

TEST_CASE("who stops reading gets no complaint, and neither does anybody else") {
  process::Command command;
  command.argv = {"sh", "-c", kIpclab + " check 14-process-shared --solution 2>&1 | head -1"};
  const auto outcome = outcome_of(command);
  CHECK(outcome.out == "14-process-shared (solution)\n");
  CHECK(outcome.err.empty());
}
