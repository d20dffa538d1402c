// What a learner does in a day, on a copy of the course that only the test sees (a mount namespace of its
// own): edit, diff, lose a file, reset.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/fd.hpp"
#include "ipclab.hpp"

using namespace ipclab;
using namespace ipclab::cli::test;
namespace fs = std::filesystem;

namespace {

const std::string kFile = IPCLAB_SOURCE "/labs/01-pipe/src/pipeline.cpp";

/// For a shell: labs/ and the memory of earlier work are copies from here on.
const std::string kPrepare =
    "set -e; copy=$(mktemp -d); trap 'rm -rf $copy' EXIT; cp -r " IPCLAB_SOURCE
    "/labs $copy; mkdir -p "
    "$copy/state $copy/backups " IPCLAB_BUILD "/state " IPCLAB_BUILD
    "/backups; "
    "mount --bind $copy/labs " IPCLAB_SOURCE "/labs; mount --bind $copy/state " IPCLAB_BUILD
    "/state; "
    "mount --bind $copy/backups " IPCLAB_BUILD
    "/backups; "
    "cp " IPCLAB_SOURCE "/solutions/01-pipe/src/pipeline.cpp $copy/solved; set +e; " +
    kIpclab + " reset 01-pipe >$copy/reset; ";

bool can_make_copies() {
  process::Command probe;
  probe.argv = {"unshare", "-rm", "true"};
  if (outcome_of(probe).ok()) return true;
  MESSAGE("SKIP: no user namespaces here");
  return false;
}

std::optional<process::Outcome> in_a_copy(const std::string& script) {
  if (!can_make_copies()) return std::nullopt;
  process::Command command;
  command.argv = {"unshare", "-rm", "sh", "-c", kPrepare + script};
  return outcome_of(command);
}

/// A person at a terminal.
class Terminal {
 public:
  explicit Terminal(const std::string& script) {
    winsize size{50, 120, 0, 0};
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
    if (pid_ == 0) {
      ::setenv("NO_COLOR", "1", 1);
      ::execlp("unshare", "unshare", "-rm", "sh", "-c", (kPrepare + script).c_str(), nullptr);
      ::_exit(127);
    }
  }
  ~Terminal() {
    ::close(terminal_);  // the hang-up ends what is left
    ::waitpid(pid_, nullptr, 0);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Reads on until this has been printed; false when the other side ends first, or says nothing more.
  bool shows(const std::string& text) {
    char block[4096];
    for (;;) {
      if (const auto at = seen_.find(text); at != seen_.npos) {
        seen_.erase(0, at + text.size());
        return true;
      }
      pollfd polled{terminal_, POLLIN, 0};  // a minute is an upper bound, nothing else
      if (::poll(&polled, 1, 60'000) != 1) return false;
      const ssize_t n = ::read(terminal_, block, sizeof block);
      if (n <= 0) return false;
      seen_.append(block, static_cast<std::size_t>(n));
    }
  }
  void types(const std::string& keys) { CHECK(::write(terminal_, keys.data(), keys.size()) > 0); }

 private:
  int terminal_ = -1;
  pid_t pid_ = -1;
  std::string seen_;
};

const std::string kFresh = "cat " + kFile;

}  // namespace

TEST_CASE("diff shows what was changed, and nothing on a fresh course") {
  const auto fresh = in_a_copy(kIpclab + " diff 01-pipe");
  if (!fresh) return;
  CHECK(fresh->out.empty());
  const auto changed =
      in_a_copy("sed -i 's/not_done(1);/int mine = 0;/' " + kFile + "; " + kIpclab + " diff 01-pipe");
  CHECK(changed->out.find("\n+") != std::string::npos);
  CHECK(changed->out.find("int mine = 0;") != std::string::npos);
  CHECK(changed->exit_code == 0);
}

TEST_CASE("reset of one TODO leaves the others; what was there is kept") {
  const auto outcome = in_a_copy("cp $copy/solved " + kFile + "; " + kIpclab + " reset 01-pipe 2; " + kFresh +
                                 "; cmp $copy/solved $copy/backups/01-pipe/pipeline.cpp.1 && echo KEPT");
  if (!outcome) return;
  CHECK(outcome->out.find("is reset; what you had is in") != std::string::npos);
  CHECK(outcome->out.find("not_done(2);") != std::string::npos);
  CHECK(outcome->out.find("not_done(1);") == std::string::npos);
  CHECK(outcome->out.find("KEPT") != std::string::npos);
}

TEST_CASE("broken marks: one TODO cannot be reset, the whole lab can") {
  const auto outcome = in_a_copy("cp $copy/solved " + kFile + "; sed -i '/END(2)/d' " + kFile + "; " +
                                 kIpclab + " reset 01-pipe 2; echo \"status $?\"; " + kIpclab +
                                 " reset 01-pipe && " + kIpclab + " diff 01-pipe; echo end");
  if (!outcome) return;
  CHECK(outcome->err.find("reset the whole lab instead: ipclab reset 01-pipe") != std::string::npos);
  CHECK(outcome->out.find("status 2\n") != std::string::npos);
  CHECK(outcome->out.ends_with("\nend\n"));
  CHECK(outcome->out.find("\n+") == std::string::npos);
}

TEST_CASE("a file that was lost is missed by name, and comes back by reset") {
  const auto outcome = in_a_copy("rm " + kFile + "; " + kIpclab + " check 01-pipe; echo \"status $?\"; " +
                                 kIpclab + " reset 01-pipe; " + kIpclab + " diff 01-pipe; echo end");
  if (!outcome) return;
  CHECK(outcome->err.find("labs/01-pipe/src/pipeline.cpp is missing; ipclab reset 01-pipe puts it back") !=
        std::string::npos);
  CHECK(outcome->out.find("status 2\n") != std::string::npos);
  CHECK(outcome->out.find("pipeline.cpp is there again\nend\n") != std::string::npos);
}

TEST_CASE("a course that is given out without its solutions is checked, and put back, all the same") {
  const auto outcome =
      in_a_copy("mount -t tmpfs none " IPCLAB_SOURCE "/solutions; cp $copy/solved " + kFile + "; " + kIpclab +
                " check 01-pipe; echo \"own $?\"; " + kIpclab +
                " check 01-pipe --submission " IPCLAB_SOURCE "/labs; echo \"handed in $?\"; " + kIpclab +
                " check 01-pipe --solution; echo \"solved $?\"; " + kIpclab + " reset 01-pipe 1; " + kIpclab +
                " diff 01-pipe | grep '^-'; " + kFresh);
  if (!outcome) return;
  CHECK(outcome->out.find("checks passed\nown 0\n") != std::string::npos);
  CHECK(outcome->out.find("checks passed\nhanded in 0\n") != std::string::npos);
  CHECK(outcome->err.find("there is no solution of 01-pipe here") != std::string::npos);
  CHECK(outcome->out.find("solved 2\n") != std::string::npos);
  CHECK(outcome->out.find("not_done(1);") != std::string::npos);
  CHECK(outcome->out.find("not_done(2);\n") != std::string::npos);  // diff is against the emptied file
}

TEST_CASE("watch: a save is checked, a key shows a hint, and ^C leaves the terminal as it was") {
  if (!can_make_copies()) return;
  const std::string save = "/tmp/ipclab-save-" + std::to_string(::getpid());
  REQUIRE(::mkfifo(save.c_str(), 0600) == 0);
  Terminal terminal("(read x <" + save + "; cp $copy/solved " + kFile + ") & " + kIpclab +
                    " watch 01-pipe; echo \"status $?\"; stty -a; echo end");
  CHECK(terminal.shows(" checks pass.  h hint"));
  terminal.types("h");
  CHECK(terminal.shows("01-pipe, TODO(1)"));
  terminal.types("n");
  CHECK(terminal.shows("h hint"));
  const Fd saving(::open(save.c_str(), O_WRONLY | O_CLOEXEC));
  REQUIRE(::write(saving.get(), "\n", 1) == 1);
  CHECK(terminal.shows(" checks passed"));
  terminal.types("\x03");
  CHECK(terminal.shows("status 0"));
  CHECK(terminal.shows(" icanon"));
  CHECK(terminal.shows(" echo "));
  ::unlink(save.c_str());
}

TEST_CASE("list, hint and completion speak of every lab") {
  const auto list = typed({"list"});
  CHECK(list.exit_code == 0);
  const auto completion = typed({"completion", "bash"});
  CHECK(completion.exit_code == 0);
  for (const auto& entry : fs::directory_iterator(IPCLAB_SOURCE "/labs")) {
    if (!entry.is_directory()) continue;
    const std::string lab = entry.path().filename();
    CAPTURE(lab);
    CHECK(list.out.find(lab) != std::string::npos);
  }
}
