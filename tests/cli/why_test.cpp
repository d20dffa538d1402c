// `ipclab why` as a person starts it: on every fixture, and on what can go wrong.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "ipclab.hpp"
#include "process/run.hpp"
#include "process/tree.hpp"

using namespace ipclab;
using namespace ipclab::cli::test;
namespace fs = std::filesystem;

namespace {

struct Said {
  int status = 0;
  std::string first_line, rest, err;
  std::string word() const { return first_line.substr(0, first_line.find(':')); }
};

Said said(const process::Outcome& outcome) {
  const auto end = outcome.out.find('\n');
  return {outcome.signal ? 128 + outcome.signal : outcome.exit_code, outcome.out.substr(0, end),
          end == std::string::npos ? "" : outcome.out.substr(end + 1), outcome.err};
}

Said why(std::vector<std::string> arguments, std::string input = "") {
  arguments.insert(arguments.begin(), {kIpclab, "why"});
  process::Command command;
  command.argv = std::move(arguments);
  command.input = std::move(input);
  return said(process::run(command));
}

Said why_command(std::vector<std::string> command) {
  command.insert(command.begin(), "--");
  return why(std::move(command));
}

/// A fixture and what its first line says: "// STUCK no-sender: …".
struct Fixture {
  std::string path, word, cause;
};

std::vector<Fixture> fixtures() {
  std::vector<Fixture> found;
  for (const auto& entry : fs::directory_iterator(IPCLAB_SOURCE "/tests/fixtures")) {
    const std::string text = read_file(entry.path());
    for (const std::string word :
         {"STUCK", "WAITING FOR INPUT", "SLEEPING", "POLLING", "SPINNING", "RUNNING", "ENDED 0"}) {
      const std::string begin = "// " + word;
      if (!text.starts_with(begin) || !(text[begin.size()] == ':' || text[begin.size()] == ' ')) continue;
      const std::string rest =
          text.substr(begin.size(), text.find_first_of(":\n", begin.size()) - begin.size());
      found.push_back(
          {IPCLAB_BUILD "/fixtures/" + entry.path().stem().string(), word, std::string(trimmed(rest))});
    }
  }
  std::ranges::sort(found, {}, &Fixture::path);
  return found;
}

/// "waiting for input", "ended 0" of the JSON in the words of the first line.
std::string word_of(const nlohmann::json& json) {
  std::string word = json.at("verdict");
  for (char& c : word) c = c == '_' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return word == "ENDED" ? word + " " + std::to_string(json.at("exit_code").get<int>()) : word;
}

/// A program with a name for its pid, alive as long as this.
struct Running {
  explicit Running(std::vector<std::string> argv)
      : nothing(::open("/dev/null", O_RDWR | O_CLOEXEC)), tree([&] {
          process::Tree::Start start;
          start.argv = std::move(argv);
          start.streams = {nothing.get(), nothing.get(), nothing.get()};
          return start;
        }()) {}
  std::string pid() const { return std::to_string(tree.program()); }
  Fd nothing;
  process::Tree tree;
};

}  // namespace

TEST_CASE("every fixture: the word, the exit status and the cause") {
  const auto all = fixtures();
  CHECK(all.size() >= 25);
  std::vector<process::Command> commands;
  for (const Fixture& fixture : all) {
    // Those that prove nothing say what they look like when the time is up; the others do not need theirs.
    const bool decides = fixture.word == "STUCK" || fixture.word == "ENDED 0";
    process::Command command;
    command.argv = {kIpclab, "why", "--json", "--for", decides ? "60" : "1", "--", fixture.path};
    commands.push_back(std::move(command));
  }
  process::run_all(commands, 4, [&](std::size_t index, const process::Outcome& outcome) {
    const Fixture& fixture = all[index];
    CAPTURE(fixture.path);
    CAPTURE(outcome.err);
    CHECK(outcome.signal == 0);
    CHECK(outcome.exit_code == (fixture.word == "STUCK" ? 1 : 0));
    const auto json = nlohmann::json::parse(outcome.out);
    CHECK(word_of(json) == fixture.word);
    CHECK(json.at("cause") == fixture.cause);
  });
}

TEST_CASE("a command that ends: its status as a shell says it") {
  CHECK(why_command({"true"}).word() == "ENDED 0");
  CHECK(why_command({"true"}).status == 0);
  CHECK(why_command({"sh", "-c", "exit 3"}).word() == "ENDED 3");
  CHECK(why_command({"sh", "-c", "kill -SEGV $$"}).word() == "ENDED 139");
}

TEST_CASE("the verdict comes first on standard output, whatever the command prints") {
  const Said answer = why_command({"sh", "-c", "echo to standard output; echo to standard error >&2"});
  CHECK(answer.first_line.starts_with("ENDED 0: "));
  CHECK(answer.err == "to standard output\nto standard error\n");
}

TEST_CASE("the command reads our standard input") {
  CHECK(why({"--", "sh", "-c", "read a; exit $a"}, "7\n").word() == "ENDED 7");
}

TEST_CASE("waiting for a person at the terminal is told at once, and the command is ended") {
  int terminal = -1;
  winsize size{25, 80, 0, 0};
  const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (pid == 0) {
    ::setenv("NO_COLOR", "1", 1);
    ::execl(kIpclab.c_str(), "ipclab", "why", "--for", "3600", "--", "cat", nullptr);
    ::_exit(127);
  }
  std::string out;
  char block[512];
  for (ssize_t n; (n = ::read(terminal, block, sizeof block)) > 0;)
    out.append(block, static_cast<std::size_t>(n));
  int status = -1;
  ::waitpid(pid, &status, 0);
  ::close(terminal);
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(out.find("WAITING FOR INPUT: cat") != std::string::npos);
}

TEST_CASE("somebody outside who has the other end of our standard input may still write") {
  PipeEnds input = make_pipe();
  process::Tree::Start start;
  PipeEnds out = make_pipe();
  start.argv = {kIpclab, "why", "--for", "0.5", "--", "sh", "-c", "read a; exit $a"};
  start.streams = {input.read.get(), out.write.get(), 2};
  for (const bool writes : {true, false}) {
    process::Tree tree(start);
    if (writes) REQUIRE(::write(input.write.get(), "5\n", 2) == 2);
    std::string text;
    char block[512];
    while (text.find(':') == text.npos) {
      const ssize_t n = ::read(out.read.get(), block, sizeof block);
      REQUIRE(n > 0);
      text.append(block, static_cast<std::size_t>(n));
    }
    CHECK(text.starts_with(writes ? "ENDED 5: " : "WAITING FOR INPUT: "));
  }
}

TEST_CASE("a stuck part of a tree does not make a tree stuck that goes on") {
  char directory[] = "/tmp/why_test.XXXXXX";
  REQUIRE(::mkdtemp(directory));
  process::Command command;
  command.argv = {kIpclab, "why", "--for", "0.5", "--", "sh", "-c", "mkfifo f; cat f & while :; do :; done"};
  command.directory = directory;
  const Said answer = said(process::run(command));
  CHECK(answer.status == 0);
  CHECK(answer.word() == "SPINNING");
  command.argv.back() = "mkfifo f; cat f & wait";
  fs::remove(directory + std::string("/f"));
  CHECK(said(process::run(command)).word() == "STUCK");
  fs::remove_all(directory);
}

TEST_CASE("healthy programs that nobody here wrote come to their end") {
  for (const char* script : {
           "find /usr/include -type f | sort | uniq -c | head -5000 | wc -l",
           "for i in 1 2 3 4 5 6 7 8 9; do (exit $i) & wait; done",
           "yes | head -200000 | tee /dev/null | cat | wc -c",
           "(sleep 0.3; echo x) | cat",
           "sleep 0.3 & sleep 0.2 & wait",
       }) {
    CAPTURE(script);
    CHECK(why({"--for", "60", "--", "sh", "-c", script}).word() == "ENDED 0");
  }
}

TEST_CASE("with the verdict nothing of the command is left") {
  const Said answer = why({"--for", "0.2", "--", "sh", "-c", "echo $$; setsid sleep 1000 & echo $!; wait"});
  const auto pids = split(std::string(trimmed(answer.err)), '\n');
  REQUIRE(pids.size() == 2);
  for (const std::string& pid : pids) CHECK(::kill(std::stoi(pid), 0) == -1);
}

TEST_CASE("a process by its number") {
  const Running sleeper({"sleep", "1000"});
  const Said answer = why({sleeper.pid()});
  CAPTURE(answer.err);
  CHECK(answer.status == 0);
  CHECK(answer.first_line.starts_with("SLEEPING: sleep "));
  const Running spinner({"sh", "-c", "while :; do :; done"});
  const Said spins = why({spinner.pid()});
  CAPTURE(spins.err);
  CHECK(spins.word() == "SPINNING");
}

TEST_CASE("a process by its number is only looked at: it goes on as before") {
  const Running running({"sleep", "1000"});
  for (int i = 0; i < 3; ++i) CHECK(why({running.pid()}).word() == "SLEEPING");
  CHECK(::kill(std::stoi(running.pid()), 0) == 0);
}

TEST_CASE("a child that nobody has waited for") {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(6);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  CHECK(why({std::to_string(child)}).word() == "ENDED 6");
  ::waitpid(child, nullptr, 0);
}

TEST_CASE("what cannot be done: one clear line and the status of its kind") {
  const auto refused = [](std::vector<std::string> arguments, int status, std::string_view words) {
    const Said answer = why(std::move(arguments));
    CAPTURE(answer.err);
    CHECK(answer.status == status);
    CHECK(answer.first_line == "");
    CHECK(std::ranges::count(answer.err, '\n') == 1);
    CHECK(answer.err.find(words) != std::string::npos);
  };
  refused({"99999999"}, 2, "there is no process 99999999");
  refused({"99999999999999999999"}, 2, "there is no process 99999999999999999999");
  refused({"--", "no-such-program"}, 2, "cannot start 'no-such-program': No such file or directory");
  refused({"--", "/etc/passwd"}, 2, "Permission denied");
  refused({}, 2, "required");
  refused({"--for", "-1", "--", "true"}, 2, "--for");
  if (try_read_file("/proc/2/comm") == "kthreadd\n") refused({"2"}, 2, "part of the kernel");
}

TEST_CASE("--json says the same") {
  const Said answer = why({"--json", "--", "sh", "-c", "exit 3"});
  const auto json = nlohmann::json::parse(answer.first_line + answer.rest);
  CHECK(json.at("verdict") == "ended");
  CHECK(json.at("exit_code") == 3);
}
