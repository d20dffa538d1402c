// What a room promises, on either level: ctest runs these tests also without namespaces (room-bare) and
// without root (room-as-nobody).

#include "room/room.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <memory>
#include <system_error>
#include <thread>

#include "visit.hpp"

using namespace ipclab;
using namespace ipclab::room;

TEST_CASE("a program's output and its end come out of the room") {
  Room room(visit::options());
  const auto ended = visit::shell(room, "echo hello; echo world >&2; exit 7");
  CHECK(ended.out == "hello\n");
  CHECK(ended.err == "world\n");
  CHECK(WIFEXITED(ended.status));
  CHECK(WEXITSTATUS(ended.status) == 7);
}

TEST_CASE("input ends when the check closes it, whatever rooms were made meanwhile") {
  auto first = std::make_unique<Room>(visit::options());
  PipeEnds in = make_pipe(), out = make_pipe();
  Launch launch;
  launch.argv = {"cat"};
  launch.in = in.read.get();
  launch.out = out.write.get();
  const Started cat = first->start(launch);
  out.write.reset();
  Room second(visit::options());
  in.write.reset();
  char c;
  CHECK(::read(out.read.get(), &c, 1) == 0);
  CHECK(visit::end_of(*first, cat.pid) == 0);
  first.reset();  // returns although the second room is still there
}

TEST_CASE("start tells the number that the machine knows, and a descriptor for it") {
  Room room(visit::options());
  const Started started = visit::start(room, {"never_reads"});
  CHECK(read_file("/proc/" + std::to_string(started.pid) + "/comm") == "never_reads\n");
  CHECK(signal_pidfd(started.pidfd, SIGTERM));
  const int status = visit::end_of(room, started.pid);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGTERM);
}

TEST_CASE("what cannot be executed is an error with its errno, and leaves nobody") {
  Room room(visit::options());
  const auto error_of = [&](std::vector<std::string> argv) {
    try {
      visit::start(room, std::move(argv));
    } catch (const std::system_error& error) {
      return error.code().value();
    }
    return 0;
  };
  CHECK(error_of({"there_is_no_such_program"}) == ENOENT);
  CHECK(error_of({"/etc/passwd"}) == EACCES);
  CHECK(error_of({"sh", std::string(3u << 20, 'x')}) == E2BIG);
  CHECK(visit::population(room) == 0);
  CHECK(!room.next_event());
  CHECK(visit::shell(room, "echo still there").out == "still there\n");
}

TEST_CASE("arguments and environment arrive byte by byte, and the environment is clean") {
  REQUIRE(::setenv("IPCLAB_SECRET", "of the harness", 1) == 0);
  Room room(visit::options());
  Launch launch;
  const std::string odd = "\xff\n\"\xc3 ";
  launch.argv = {"sh", "-c", "printf %s \"$1\"; printf %s \"$SAID\" >&2; test -z \"$IPCLAB_SECRET\"", "sh",
                 odd};
  launch.environment = {{"SAID", odd}};
  const auto ended = visit::run(room, launch);
  CHECK(ended.out == odd);
  CHECK(ended.err == odd);
  CHECK(ended.status == 0);
  launch.argv = {"sh", "-c", "printf %s ${#1}", "sh", std::string(100'000, 'x')};  // more than one packet
  CHECK(visit::run(room, launch).out == "100000");
}

TEST_CASE("a program has the descriptors that it was given, under their numbers, and no other") {
  Room room(visit::options());
  PipeEnds out = make_pipe(), err = make_pipe(), extra = make_pipe();
  Launch launch;
  launch.argv = {"sh", "-c", "echo extra >&7; for fd in /proc/self/fd/*; do echo ${fd##*/}; done"};
  launch.out = out.write.get();
  launch.err = err.write.get();
  launch.extra = {{extra.write.get(), 7}};
  const Started started = room.start(launch);
  for (Fd* ours : {&out.write, &err.write, &extra.write}) ours->reset();
  CHECK(visit::end_of(room, started.pid) == 0);
  CHECK(visit::all_of(extra.read) == "extra\n");
  const std::string listed = visit::all_of(out.read);  // 3: the directory, while the shell lists it
  CHECK_MESSAGE((listed == "0\n1\n2\n3\n7\n" || listed == "0\n1\n2\n7\n"), listed);
}

TEST_CASE("descriptors may change places") {
  Room room(visit::options());
  PipeEnds one = make_pipe(), two = make_pipe();
  Launch launch;
  launch.argv = {"sh", "-c", "echo one >&8; echo two >&9"};
  const int low = std::min(one.write.get(), two.write.get());
  launch.extra = {{one.write.get(), 8}, {two.write.get(), 9}, {low, 3}};
  const Started started = room.start(launch);
  one.write.reset();
  two.write.reset();
  CHECK(visit::end_of(room, started.pid) == 0);
  CHECK(visit::all_of(one.read) == "one\n");
  CHECK(visit::all_of(two.read) == "two\n");
}

TEST_CASE("a program runs without privilege, in a session of its own, with ordinary signals") {
  struct sigaction ignore {
  }, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);
  Room room(visit::options());
  const auto ended = visit::shell(
      room, "id -u; umask; pwd; grep -E '^(SigBlk|SigIgn|CapEff|CapPrm|NoNewPrivs)' /proc/self/status");
  ::sigaction(SIGPIPE, &before, nullptr);
  CHECK(ended.out.substr(0, 2) != "0\n");
  CHECK(ended.out.find("\n0022\n" + room.scratch() + "\n") != std::string::npos);
  for (const char* none : {"SigBlk", "SigIgn", "CapEff", "CapPrm"})
    CHECK(ended.out.find(std::string(none) + ":\t0000000000000000\n") != std::string::npos);
  CHECK(ended.out.find("NoNewPrivs:\t1") != std::string::npos);
}

TEST_CASE("limits hold") {
  Options options = visit::options();
  options.limits.open_files = 32;
  options.limits.memory = 256u << 20;
  options.limits.scratch = 1u << 20;
  Room room(options);
  const auto ended = visit::shell(room, "ulimit -n; ulimit -v; ulimit -c; ulimit -t");
  CHECK(ended.out == "32\n262144\n0\n2\n");
  const auto file = visit::shell(room, "exec head -c 5000000 /dev/zero > big");
  CHECK(WIFSIGNALED(file.status));
  CHECK(WTERMSIG(file.status) == SIGXFSZ);
}

TEST_CASE("who burns too much CPU time ends by the signal that says so") {
  Options options = visit::options();
  options.limits.cpu_seconds = 1;
  Room room(options);
  const auto ended = visit::shell(room, "while :; do :; done");
  CHECK(WIFSIGNALED(ended.status));
  CHECK(WTERMSIG(ended.status) == SIGXCPU);
}

TEST_CASE("limits of the harness that are lower stay, and stop no start") {
  rlimit before{}, low{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  low = before;
  low.rlim_cur = 100;  // as on a machine where somebody said ulimit -n 100
  ::setrlimit(RLIMIT_NOFILE, &low);
  {
    Room room(visit::options());
    PipeEnds out = make_pipe();
    Launch launch;
    launch.argv = {"sh", "-c", "echo here > /dev/fd/50"};
    launch.extra = {{out.write.get(), 50}};
    CHECK(visit::run(room, launch).status == 0);
    out.write.reset();
    CHECK(visit::all_of(out.read) == "here\n");
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_CASE("the lab's programs and binds are at their places, and cannot be changed") {
  Options options = visit::options();
  const std::string source = visit::programs("hostile");
  options.binds = {{source, "given"}};
  Room room(options);
  const auto there = [&](const std::string& place) {
    return visit::shell(room, "test -x " + place + "/kill_all && ! rm -f " + place + "/kill_all 2>/dev/null");
  };
  CHECK(there(room.place("bin")).status == 0);
  CHECK(there(room.place("given")).status == 0);
  CHECK(visit::shell(room, "command -v kill_all").out == room.place("bin") + "/kill_all\n");
}

TEST_CASE("the output directory is the only way out for a file") {
  std::string output = "/tmp/ipclab-test-XXXXXX";
  REQUIRE(::mkdtemp(output.data()));
  REQUIRE(::chmod(output.c_str(), 0777) == 0);
  {
    Options options = visit::options();
    options.output = output;
    Room room(options);
    CHECK(visit::shell(room, "echo made > " + room.place("out") + "/file; echo hidden > here").status == 0);
    CHECK(read_file(output + "/file") == "made\n");
  }
  std::filesystem::remove_all(output);
}

TEST_CASE("the machine cannot be written to, nor the project be read") {
  Room room(visit::options());
  for (const char* place : {"/", "/usr", "/usr/bin", "/etc", "/opt", "/var"}) {
    CAPTURE(place);
    CHECK(visit::shell(room, std::string("! touch ") + place + "/ipclab-was-here 2>/dev/null").status == 0);
  }
  CHECK(visit::shell(room, "ls / | grep -x etc").out == "etc\n");
  if (!visit::hides(room)) return;
  CHECK(visit::shell(room, "! cat " IPCLAB_SOURCE "/README.md 2>/dev/null").out.empty());
}

TEST_CASE("what a directory hides stays hidden also where the machine's files are seen") {
  Options options = visit::options();
  options.hidden = {"/usr/include"};
  if (!std::filesystem::exists("/usr/include/stdio.h")) return;
  Room room(options);
  if (!visit::hides(room)) return;
  CHECK(visit::shell(room, "! cat /usr/include/stdio.h 2>/dev/null").out.empty());
  CHECK(visit::shell(room, "test -r /usr/bin/env").status == 0);
}

TEST_CASE("everything that a program needs to write is there, and its own") {
  Room room(visit::options());
  CHECK(visit::shell(room, "echo x > file && mkdir d && mv file d/file && rm -r d").status == 0);
  CHECK(visit::shell(room, "echo x > /dev/shm/ipclab-test && rm /dev/shm/ipclab-test").status == 0);
  CHECK(visit::shell(room, "echo x > /dev/null && head -c 1 /dev/urandom > /dev/full").status != 0);
  CHECK(visit::shell(room, "cat /dev/stdin < /dev/null && echo x > /dev/stdout").out == "x\n");
  CHECK(room.ledger().empty());
}

TEST_CASE("root() is the root that the programs see") {
  Room room(visit::options());
  CHECK(visit::shell(room, "echo inside > file").status == 0);
  const std::string path = room.scratch().substr(1) + "/file";
  const Fd file(::openat(room.root(), path.c_str(), O_RDONLY | O_CLOEXEC));
  CHECK(visit::all_of(file) == "inside\n");
}

TEST_CASE("who stands beside a room cannot be seen from it") {
  Room room(visit::options());
  if (!visit::has_namespaces(room)) return;
  CHECK(visit::shell(room, "ls -d /proc/[0-9]* | wc -l").out < "9");
  CHECK(visit::shell(room, "cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' '").out == "lo\n");
  CHECK(visit::shell(room, "hostname").out == "room\n");
}

TEST_CASE("nobody outside can be signalled") {
  Room room(visit::options());
  const std::string harness = std::to_string(::getpid());
  if (room.describe().find("can be signalled") != std::string::npos) return;
  if (room.level() == Level::namespaces && visit::shell(room, "test -e /proc/" + harness).status == 0) return;
  CHECK(visit::shell(room, "! kill -0 " + harness + " 2>/dev/null").status == 0);
}

TEST_CASE("who ends just when the check leaves keeps nothing of a bare room from being removed") {
  const std::string object = fmt::format("/dev/shm/ipclab-left-{}", ::getpid());
  Options options = visit::options();
  options.force = Level::bare;
  auto room = std::make_unique<Room>(options);
  PipeEnds out = make_pipe();
  const Started program =
      visit::start(*room, {"sh", "-c", fmt::format("umask 0; : > {}; echo made; exec sleep 1000", object)},
                   out.write.get());
  char made;
  REQUIRE(::read(out.read.get(), &made, 1) == 1);
  const pid_t init = room->init_pid();
  ::kill(init, SIGSTOP);  // so that it is told of both at once
  REQUIRE(signal_pidfd(program.pidfd, SIGKILL));
  std::promise<pid_t> number;
  std::thread leaves([&] {
    number.set_value(::gettid());
    room.reset();
  });
  const auto call = fmt::format("/proc/self/task/{}/syscall", number.get_future().get());
  while (!try_read_file(call).value_or("").starts_with(fmt::format("{} ", SYS_wait4))) ::sched_yield();
  ::kill(init, SIGCONT);
  leaves.join();
  CHECK_FALSE(std::filesystem::exists(object));
}
