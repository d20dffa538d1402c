// What a learner does in a day, on a copy of the course that only the test sees (a mount namespace of its
// own): edit, diff, lose a file, reset.

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.hpp"
#include "ipclab.hpp"

using namespace ipclab;
using namespace ipclab::cli::test;
namespace fs = std::filesystem;

namespace {

const std::string kFile = IPCLAB_SOURCE "/labs/01-pipe/src/pipeline.cpp";

/// Runs a shell script where labs/ and the memory of earlier work are copies. Nothing where the machine has
/// no user namespaces.
std::optional<process::Outcome> in_a_copy(const std::string& script) {
  static const std::string prepare =
      "set -e; copy=$(mktemp -d); trap 'rm -rf $copy' EXIT; cp -r " IPCLAB_SOURCE
      "/labs $copy; mkdir -p "
      "$copy/state $copy/backups " IPCLAB_BUILD "/state " IPCLAB_BUILD
      "/backups; "
      "mount --bind $copy/labs " IPCLAB_SOURCE
      "/labs; "
      "mount --bind $copy/state " IPCLAB_BUILD "/state; mount --bind $copy/backups " IPCLAB_BUILD
      "/backups; "
      "cp " IPCLAB_SOURCE "/solutions/01-pipe/src/pipeline.cpp $copy/solved; set +e; ";
  process::Command probe, command;
  probe.argv = {"unshare", "-rm", "true"};
  if (!outcome_of(probe).ok()) {
    MESSAGE("SKIP: no user namespaces here");
    return std::nullopt;
  }
  command.argv = {"unshare", "-rm", "sh", "-c", prepare + script};
  return outcome_of(command);
}

const std::string kFresh = "cat " + kFile;

}  // namespace

TEST_CASE("diff shows what was changed, and nothing on a fresh course") {
  const auto fresh = in_a_copy(kIpclab + " reset 01-pipe >/dev/null; " + kIpclab + " diff 01-pipe");
  if (!fresh) return;
  CHECK(fresh->out.empty());
  const auto changed =
      in_a_copy(kIpclab + " reset 01-pipe >/dev/null; sed -i 's/not_done(1);/int mine = 0;/' " + kFile +
                "; " + kIpclab + " diff 01-pipe");
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
