#include "process/run.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <map>
#include <set>
#include <system_error>

#include "base/file.hpp"

using namespace ipclab::process;
using namespace std::chrono_literals;

namespace {
Command shell(std::string script) { return {.argv = {"sh", "-c", std::move(script)}}; }

std::set<std::string> open_descriptors() {
  std::set<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) all.insert(entry.path());
  return all;
}

bool alive(const std::string& pid) { return ::kill(std::stoi(pid), 0) == 0; }
}  // namespace

TEST_CASE("status, output and error output of a program") {
  const Outcome outcome = run(shell("echo out; echo err >&2; exit 3"));
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.signal == 0);
  CHECK(outcome.out == "out\n");
  CHECK(outcome.err == "err\n");
  CHECK_FALSE(outcome.ok());
  CHECK(run(shell("true")).ok());
}

TEST_CASE("death by signal is told apart from an exit") {
  const Outcome outcome = run(shell("kill -SEGV $$"));
  CHECK(outcome.signal == SIGSEGV);
  CHECK(outcome.exit_code == 0);
  CHECK_FALSE(outcome.ok());
}

TEST_CASE("a program that cannot be started is an exception with the reason") {
  const auto error_of = [](std::string name) {
    try {
      run({.argv = {std::move(name)}});
      return 0;
    } catch (const std::system_error& error) {
      return error.code().value();
    }
  };
  CHECK(error_of("no-such-program-anywhere") == ENOENT);
  CHECK(error_of("/no/such/program") == ENOENT);
  CHECK(error_of("/etc/passwd") == EACCES);
  CHECK(error_of("") != 0);
  CHECK_THROWS_AS(run({.argv = {"true"}, .directory = "/no/such/directory"}), std::system_error);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // nothing of it is left, not even a zombie
}

TEST_CASE("any amount of input and output passes without deadlock") {
  std::string megabytes(8u << 20, 'x');
  for (std::size_t i = 0; i < megabytes.size(); i += 997) megabytes[i] = static_cast<char>('a' + i % 26);
  const Outcome outcome = run({.argv = {"sh", "-c", "tee /dev/stderr"}, .input = megabytes});
  CHECK(outcome.ok());
  CHECK(outcome.out == megabytes);
  CHECK(outcome.err == megabytes);
  CHECK(run({.argv = {"true"}, .input = megabytes}).ok());  // one that reads none of it
}

TEST_CASE("output beyond the limit is read and dropped") {
  const Outcome outcome =
      run({.argv = {"sh", "-c", "head -c 5000000 /dev/zero; echo done >&2"}, .most_output = 1000});
  CHECK(outcome.ok());
  CHECK(outcome.out.size() == 1000);
  CHECK(outcome.output_cut);
  CHECK(outcome.err == "done\n");
}

TEST_CASE("the result channel is descriptor 3, apart from the output") {
  Command command = shell("echo result >&3; echo out; ls /proc/self/fd");
  command.result_channel = true;
  const Outcome outcome = run(command);
  CHECK(outcome.result == "result\n");
  CHECK(outcome.out == "out\n0\n1\n2\n3\n4\n");  // 4: ls reads the directory
}

TEST_CASE("a program inherits its streams and nothing else") {
  const int kept = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  CHECK(run({.argv = {"ls", "/proc/self/fd"}}).out == "0\n1\n2\n3\n");
  ::close(kept);
}

TEST_CASE("signals that we ignore or block are not ignored or blocked in the program") {
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  const auto handler = ::signal(SIGPIPE, SIG_IGN);
  // One that glibc keeps for itself and that only the system call can touch: whoever started us may ignore it.
  const struct { void* handler; std::uint64_t flags; void* restorer; std::uint64_t mask; } ignored{
      reinterpret_cast<void*>(SIG_IGN), 0, nullptr, 0};
  REQUIRE(::syscall(SYS_rt_sigaction, 33, &ignored, nullptr, sizeof ignored.mask) == 0);
  const std::string status = run({.argv = {"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"}}).out;
  ::signal(SIGPIPE, handler);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  CHECK(status == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("environment and directory") {
  Command command = shell("echo $NEW $HOME; pwd");
  command.environment = {{"NEW", "new"}, {"HOME", "/elsewhere"}};
  command.directory = "/usr";
  CHECK(run(command).out == "new /elsewhere\n/usr\n");
}

TEST_CASE("a grandchild that keeps standard output open neither holds us up nor survives") {
  const Outcome outcome = run(shell("sleep 1000 & echo $!"));
  CHECK(outcome.ok());
  CHECK_FALSE(alive(outcome.out));
  CHECK(outcome.took < 100s);
}

TEST_CASE("a daemon (own session, no parent, signals ignored) is ended with its tree") {
  // The substitution ends when the daemon has let go of its pipe: it is on its way by then.
  const Outcome outcome =
      run(shell("trap '' TERM HUP INT; "
                "echo $( (setsid sh -c 'setsid sh -c \"echo \\$\\$; exec sleep 1000 >&2\" &' &) )"));
  CHECK(outcome.ok());
  REQUIRE_FALSE(outcome.out.empty());
  CHECK_FALSE(alive(outcome.out));
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("the limit ends a program that ignores SIGTERM, and its tree") {
  Command command = shell("trap '' TERM; sleep 1000 & echo $!; while :; do sleep 1000; done");
  command.limit = 200ms;
  const Outcome outcome = run(command);
  CHECK(outcome.limit_reached);
  CHECK(outcome.signal == SIGKILL);
  CHECK_FALSE(outcome.ok());
  CHECK_FALSE(alive(outcome.out));
}

TEST_CASE("nothing of ours is left open, also after failures") {
  run(shell("true"));
  const auto before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    run(shell("echo x"));
    CHECK_THROWS(run({.argv = {"/no/such/program"}}));
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("when we die, so does the tree") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    run({.argv = {"sh", "-c",
                  "echo x > /proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(ends[1]) +
                      "; exec sleep 1000"}});
    ::_exit(0);
  }
  char byte;
  REQUIRE(::read(ends[0], &byte, 1) == 1);
  const int keeper_gone = ends[0];
  ::close(ends[1]);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  char rest[8];
  while (::read(keeper_gone, rest, sizeof rest) > 0) {  // the program has no copy; nobody else has one now
  }
  ::close(ends[0]);
  for (bool any = true; any;) {  // returns as soon as the keeper has done its work
    any = false;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const auto command = ipclab::try_read_file(entry.path() / "cmdline").value_or("");
      any |= command.find("fd/" + std::to_string(ends[1])) != std::string::npos;
    }
  }
}

TEST_CASE("many at once: every one is told once, never more run than allowed") {
  std::vector<Command> commands;
  char directory[] = "/tmp/run_test.XXXXXX";
  REQUIRE(::mkdtemp(directory));
  for (int i = 0; i < 30; ++i) {
    commands.push_back(shell("mkdir running-" + std::to_string(i) + "; ls -d running-* | wc -l; sleep 0.0" +
                             std::to_string(i % 7) + "; rmdir running-" + std::to_string(i) + "; exit " +
                             std::to_string(i)));
    commands.back().directory = directory;
  }
  commands[7].argv = {"/no/such/program"};
  std::map<std::size_t, Outcome> outcomes;
  run_all(commands, 4, [&](std::size_t index, Outcome outcome) {
    CHECK(outcomes.emplace(index, std::move(outcome)).second);
  });
  REQUIRE(outcomes.size() == commands.size());
  for (const auto& [index, outcome] : outcomes) {
    if (index == 7) continue;
    CHECK(outcome.exit_code == static_cast<int>(index));
    CHECK(std::stoi(outcome.out) <= 4);
  }
  CHECK(outcomes[7].exit_code == 127);
  CHECK(outcomes[7].err.find("No such file") != std::string::npos);
  std::filesystem::remove_all(directory);
}

TEST_CASE("many at once that close their output before they end: no wake-up is taken for another's") {
  const std::vector<Command> commands(300, shell("exec >&- 2>&-; exit 5"));
  int right = 0;
  run_all(commands, 8, [&](std::size_t, const Outcome& outcome) { right += outcome.exit_code == 5; });
  CHECK(right == 300);
}

TEST_CASE("an exception from the callback ends the others") {
  std::vector<Command> commands = {shell("true"), shell("sleep 1000")};
  CHECK_THROWS_AS(run_all(commands, 2, [](std::size_t, const Outcome&) { throw 1; }), int);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("launch after launch, none is missed") {
  for (int i = 0; i < 300; ++i) REQUIRE(run(shell("exec >&- 2>&-; exit 5")).exit_code == 5);
}
