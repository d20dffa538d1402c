// The tracer with the test itself in the part of a room's init.
#include "room/fault.hpp"

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <stdexcept>

#include "base/fd.hpp"
#include "base/text.hpp"
#include "room/registers.hpp"
#include "room/tracer.hpp"

using namespace ipclab;
using namespace ipclab::room;

namespace {

class Traced {
 public:
  Traced(std::vector<std::string> modes, const std::vector<Fault>& faults)
      : Traced(modes, faults, "", false) {}

  Traced(std::vector<std::string> modes, const std::vector<Fault>& faults, std::string input,
         bool input_open = false)
      : tracer_([this](const Tracer::Note& note) { notes_.push_back(note); }) {
    const Filter filter(faults);
    PipeEnds in = make_pipe(), out = make_pipe(), err = make_pipe(), gate = make_pipe();
    modes.insert(modes.begin(), IPCLAB_BUILD "/fixtures/fault_calls");
    std::vector<char*> argv;
    for (std::string& mode : modes) argv.push_back(mode.data());
    argv.push_back(nullptr);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_ = ::fork();
    if (pid_ == 0) {
      char byte;
      (void)!::read(gate.read.get(), &byte, 1);
      ::dup2(in.read.get(), 0);
      ::dup2(out.write.get(), 1);
      ::dup2(err.write.get(), 2);
      if (filter.install()) ::execv(argv[0], argv.data());
      ::_exit(126);
    }
    tracer_.attach(pid_, faults);
    REQUIRE(::write(gate.write.get(), "", 1) == 1);
    REQUIRE(::write(in.write.get(), input.data(), input.size()) == static_cast<ssize_t>(input.size()));
    if (input_open) in_ = std::move(in.write);
    out_ = std::move(out.read);
    err_ = std::move(err.read);
    set_nonblocking(out_.get());
    set_nonblocking(err_.get());
  }

  ~Traced() {
    if (!statuses_.contains(pid_)) ::kill(pid_, SIGKILL);
    run();
  }

  /// Until nobody is left.
  void run() {
    while (step()) {
    }
  }
  void run_until_held() {
    while (notes_.empty() || !notes_.back().held)
      if (!step()) break;
    REQUIRE_FALSE(notes_.empty());
    REQUIRE(notes_.back().held);
  }
  void run_until_told(const std::string& text) {
    while (told().find(text) == std::string::npos) step(WNOHANG);
  }
  void run_until_asleep() {  // in a system call, untouched by us
    std::string before;
    for (int equal = 0; equal < 20;) {
      step(WNOHANG);
      FILE* file = std::fopen(("/proc/" + std::to_string(pid_) + "/stat").c_str(), "r");
      char text[512] = {};
      (void)!std::fread(text, 1, sizeof text - 1, file);
      std::fclose(file);
      const bool asleep = std::strstr(text, ") S ") != nullptr;
      equal = asleep && before == text ? equal + 1 : 0;
      before = text;
    }
  }

  /// One thing that is to be waited for.
  bool step(int flags = 0) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | __WALL | flags) != 0) return false;
    if (info.si_pid == 0) return true;
    int status = 0;
    const Tracer::Taken taken = tracer_.takes(info.si_pid, status);
    if (taken == Tracer::Taken::all) return true;
    if (taken == Tracer::Taken::none) REQUIRE(::waitpid(info.si_pid, &status, __WALL) == info.si_pid);
    statuses_[info.si_pid] = status;
    return true;
  }

  std::string told() { return slurp(err_, told_); }
  std::string printed() { return slurp(out_, printed_); }
  void types(const std::string& text) { REQUIRE(::write(in_.get(), text.data(), text.size()) > 0); }
  void input_ends() { in_.reset(); }
  int status() const { return statuses_.at(pid_); }
  std::size_t reaped() const { return statuses_.size(); }
  int other_status() const {
    for (const auto& [pid, status] : statuses_)
      if (pid != pid_) return status;
    return -1;
  }
  const std::vector<Tracer::Note>& notes() const { return notes_; }
  Tracer& tracer() { return tracer_; }
  pid_t pid() const { return pid_; }

 private:
  static std::string slurp(const Fd& fd, std::string& into) {
    char block[4096];
    for (ssize_t n; (n = ::read(fd.get(), block, sizeof block)) > 0;)
      into.append(block, static_cast<std::size_t>(n));
    return into;
  }

  Tracer tracer_;
  std::vector<Tracer::Note> notes_;
  std::map<pid_t, int> statuses_;
  std::string told_, printed_;
  Fd in_, out_, err_;
  pid_t pid_ = 0;
};

std::string told_by(std::vector<std::string> modes, const std::vector<Fault>& faults,
                    std::string input = "") {
  Traced traced(std::move(modes), faults, std::move(input));
  traced.run();
  REQUIRE(WIFEXITED(traced.status()));
  REQUIRE(WEXITSTATUS(traced.status()) == 3);
  return traced.told();
}

Fault on(Fault::On kind, Fault fault) {
  fault.on = kind;
  return fault;
}

Fault in_program(std::string program, Fault fault) {
  fault.program = std::move(program);
  return fault;
}

}  // namespace

TEST_SUITE_BEGIN("faults" * doctest::skip(!kFaultsSupported));

TEST_CASE("reads are short, and the bytes come with the next one") {
  CHECK(told_by({"read"}, {short_count("read", 3)}, "01234567") == "read 3\nread 3\nread 2\nread 0\n");
  CHECK(told_by({"read"}, {short_count("read", 3, 2)}, "01234567") == "read 8\nread 0\n");
  CHECK(told_by({"read"}, {}, "01234567") == "read 8\nread 0\n");
}

TEST_CASE("writes are short") {
  Traced traced({"write"}, {short_count("write", 4, 2)});
  traced.run();
  CHECK(traced.told() == "write 10\nwrite 4\nwrite 10\n");
  CHECK(traced.printed() == "012345678901230123456789");
  REQUIRE(traced.notes().size() == 1);
  CHECK_FALSE(traced.notes()[0].held);
  CHECK(traced.notes()[0].pid == traced.pid());
  CHECK(traced.notes()[0].call == "write");
}

TEST_CASE("vectors are short within the first part that has bytes, and stay as the program made them") {
  Traced traced({"writev"}, {short_count("writev", 3)});
  traced.run();
  CHECK(traced.told() == "writev 3\nvector kept\n");
  CHECK(traced.printed() == "012");
}

TEST_CASE("messages are short, and their headers stay as the program made them") {
  CHECK(told_by({"message"}, {short_count("sendmsg", 3)}) == "sendmsg 3\nrecvmsg 3\nmessage kept\n");
  CHECK(told_by({"message"}, {short_count("recvmsg", 7)}) == "sendmsg 10\nrecvmsg 1\nmessage kept\n");
}

TEST_CASE("a short count leaves the registers as they were") {
  CHECK(told_by({"registers"}, {short_count("read", 3)}, "01234567") == "read 3\nregisters kept\n");
}

TEST_CASE("a call is interrupted once, at its place") {
  CHECK(told_by({"read"}, {interrupt("read")}, "01234567") == "read EINTR\nread 8\nread 0\n");
  CHECK(told_by({"read"}, {interrupt("read", 2)}, "01234567") == "read 8\nread EINTR\nread 0\n");
  CHECK(told_by({"read", "read"}, {interrupt("read", 3)}, "01234567") ==
        "read 8\nread 0\nread EINTR\nread 0\n");
}

TEST_CASE("a call that does not wait is not interrupted, nor one with all signals blocked") {
  CHECK(told_by({"no-waits"},
                {interrupt("futex"), interrupt("poll", 0), interrupt("waitpid"), interrupt("recvfrom")}) ==
        "wake 0\nwait EINTR\npoll 0\npoll EINTR\nwait ECHILD\nrecv EAGAIN\npoll 0\n");
}

TEST_CASE("a call fails with the given error, and nothing of it happens") {
  Traced traced({"write"}, {fail("write", ENOSPC, 2)});
  traced.run();
  CHECK(traced.told() == "write 10\nwrite ENOSPC\nwrite 10\n");
  CHECK(traced.printed() == "01234567890123456789");
  CHECK(told_by({"write"}, {fail("write", EPIPE, 0)}) == "write EPIPE\nwrite EPIPE\nwrite EPIPE\n");
}

TEST_CASE("a process is killed before its n-th call") {
  Traced traced({"write"}, {kill_at("write", 3)});
  traced.run();
  CHECK(WTERMSIG(traced.status()) == SIGKILL);
  CHECK(traced.told() == "write 10\nwrite 10\n");
  CHECK(traced.printed().size() == 20);
  CHECK(traced.notes().size() == 1);
}

TEST_CASE("the dynamic loader's calls do not count") {
  // The loader opens and reads libstdc++ and libc before main; the first open that counts is the program's
  // own.
  CHECK(told_by({"open"}, {fail("open", EMFILE, 1)}) == "open EMFILE\n");
  CHECK(told_by({"open"}, {fail("open", EMFILE, 2)}) == "open ENOENT\n");
  CHECK(told_by({"read"}, {fail("read", EIO, 1)}, "0") == "read EIO\nread 1\nread 0\n");
  CHECK(told_by({"read"}, {fail("close", EIO, 0), fail("mmap", ENOMEM, 99)}, "0") == "read 1\nread 0\n");
}

TEST_CASE("only descriptors of the asked kind count") {
  CHECK(told_by({"read"}, {on(Fault::On::pipe, interrupt("read"))}, "0") == "read EINTR\nread 1\nread 0\n");
  CHECK(told_by({"read"}, {on(Fault::On::file, interrupt("read"))}, "0") == "read 1\nread 0\n");
  CHECK(told_by({"read"}, {on(Fault::On::socket, interrupt("read"))}, "0") == "read 1\nread 0\n");
}

TEST_CASE("a mapping has a descriptor, and only a call that does not wait finds nothing") {
  CHECK(told_by({"map"}, {on(Fault::On::file, fail("mmap", ENOMEM, 1)), fail("read", EAGAIN, 1)}, "01") ==
        "mmap 0\nmmap ENOMEM\nmmap 0\nread 1\nread EAGAIN\nread 1\n");
}

TEST_CASE("only the asked program counts") {
  CHECK(told_by({"read"}, {in_program("other", interrupt("read"))}, "0") == "read 1\nread 0\n");
  CHECK(told_by({"read"}, {in_program("fault_calls", interrupt("read"))}, "0") ==
        "read EINTR\nread 1\nread 0\n");
  Traced other({"cat"}, {fail("read", EIO, 1)}, "text");  // no longer the started program
  other.run();
  CHECK(other.printed() == "text");
  Traced cat({"cat"}, {in_program("cat", on(Fault::On::pipe, fail("read", EIO, 1)))}, "text");
  cat.run();
  CHECK(WEXITSTATUS(cat.status()) == 1);
}

TEST_CASE("every process counts on its own") {
  const std::string told = told_by({"fork"}, {interrupt("read")});
  CHECK(told.find("read EINTR\n") != told.rfind("read EINTR\n"));
  CHECK(told.ends_with("child 0\n"));
}

TEST_CASE("a program that is executed anew counts anew, also from a thread that is not the first") {
  CHECK(told_by({"read", "exec"}, {interrupt("read", 2)}, "0") == "read 1\nread EINTR\nread 0\nread 0\n");
  CHECK(told_by({"read", "exec-in-thread"}, {interrupt("read", 1)}, "0") ==
        "read EINTR\nread 1\nread 0\nread EINTR\nread 0\n");
  // The child reads while its parent comes out of vfork: their lines may come in either order.
  const std::string told = told_by({"spawn"}, {interrupt("read", 1)}, "0");
  CHECK(told.find("read EINTR\nread 1\nread 0\n") != std::string::npos);
  CHECK(told.ends_with("child 768\n"));
}

TEST_CASE("several faults at once: each counts for itself, the first that applies acts") {
  CHECK(told_by({"read"}, {interrupt("read", 2), short_count("read", 2)}, "0123") ==
        "read 2\nread EINTR\nread 2\nread 0\n");
}

TEST_CASE("held before a call: it has not happened; after the release it does") {
  Traced traced({"write"}, {hold_before("write", 2)});
  traced.run_until_held();
  CHECK(traced.printed() == "0123456789");
  CHECK(traced.told() == "write 10\n");
  traced.tracer().release(traced.pid());
  traced.run();
  CHECK(traced.told() == "write 10\nwrite 10\nwrite 10\n");
  CHECK(traced.notes().size() == 1);
}

TEST_CASE("held after a call: it has happened, and the program does not know it yet") {
  Traced traced({"write"}, {hold_after("write", 2)});
  traced.run_until_held();
  CHECK(traced.printed() == "01234567890123456789");
  CHECK(traced.told() == "write 10\n");
  traced.tracer().release(traced.pid());
  traced.run();
  CHECK(traced.told() == "write 10\nwrite 10\nwrite 10\n");
}

TEST_CASE("interrupted late: nothing is read before it is released, and everything after") {
  Traced traced({"no-restart"}, {interrupt_late("read")}, "0", true);
  traced.run_until_held();
  CHECK(traced.told() == "ready 0\n");
  traced.tracer().release(traced.pid());
  traced.input_ends();
  traced.run();
  CHECK(traced.told() == "ready 0\nread EINTR\nread 1\nread 0\n");
}

TEST_CASE("held ahead of a call: a signal is handled before it, and does not interrupt it") {
  const auto reads = [](const Fault& hold) {
    Traced traced({"no-restart"}, {hold, interrupt("read", 2)}, "", true);
    traced.run_until_held();
    ::kill(traced.pid(), SIGUSR1);
    traced.tracer().release(traced.pid());
    traced.run_until_asleep();
    traced.types("0");
    traced.input_ends();
    traced.run();
    return traced.told();
  };
  CHECK(reads(hold_before("read")) == "ready 0\nread EINTR\nread EINTR\nread 1\n");
  CHECK(reads(hold_ahead("read")) == "ready 0\nread 1\nread EINTR\nread 0\n");
}

TEST_CASE("held ahead of a call without a signal: it is made once, and counted once") {
  Traced traced({"write"}, {hold_ahead("write", 0)});
  for (int i = 0; i < 3; ++i) {
    while (traced.notes().size() == static_cast<std::size_t>(i)) REQUIRE(traced.step());
    CHECK(traced.printed().size() == static_cast<std::size_t>(10 * i));
    traced.tracer().release(traced.pid());
  }
  traced.run();
  CHECK(traced.told() == "write 10\nwrite 10\nwrite 10\n");
  CHECK(traced.notes().size() == 3);
}

TEST_CASE("a held process can be killed") {
  Traced traced({"write"}, {hold_before("write")});
  traced.run_until_held();
  ::kill(traced.pid(), SIGKILL);
  traced.run();
  CHECK(WTERMSIG(traced.status()) == SIGKILL);
}

TEST_CASE("threads: held at a futex while the others go on, and all of them end") {
  Traced traced({"threads"}, {hold_before("futex")}, "", true);
  traced.run_until_held();
  CHECK(traced.told().find("joined") == std::string::npos);
  traced.tracer().release(traced.pid());
  traced.run();
  CHECK(traced.told().ends_with("joined 0\n"));
  CHECK(WEXITSTATUS(traced.status()) == 3);
  CHECK(traced.reaped() == 1);  // threads are nobody's children
}

TEST_CASE("threads of a process count together") {
  CHECK(told_by({"read", "thread-reads"}, {interrupt("read", 3)}, "0") ==
        "read 1\nread 0\nread EINTR\nread 0\n");
}

TEST_CASE("an ignored signal that wakes a traced read is not counted as a second one") {
  CHECK(told_by({"child"}, {interrupt("read", 2)}) == "read 0\nread EINTR\n");
  CHECK(told_by({"child"}, {interrupt("read", 3)}) == "read 0\nread 0\n");
}

TEST_CASE("a handler with SA_RESTART: the same call goes on, and counts once") {
  Traced traced({"restart"}, {interrupt("read", 2)}, "", true);
  traced.run_until_told("ready");
  for (int i = 0; i < 3; ++i) {
    traced.run_until_asleep();
    ::kill(traced.pid(), SIGUSR1);
  }
  traced.run_until_asleep();
  traced.types("0");
  traced.input_ends();
  traced.run();
  CHECK(traced.told() == "ready 0\nread 1\nread EINTR\nread 0\n");
}

TEST_CASE("a handler without SA_RESTART: the next call is another one") {
  Traced traced({"no-restart"}, {fail("read", EIO, 2)}, "", true);
  traced.run_until_told("ready");
  traced.run_until_asleep();
  ::kill(traced.pid(), SIGUSR1);
  traced.run_until_told("EIO");
  traced.input_ends();
  traced.run();
  CHECK(traced.told() == "ready 0\nread EINTR\nread EIO\nread 0\n");
}

TEST_CASE("a restarted call stays short") {
  Traced traced({"restart"}, {short_count("read", 2, 1)}, "", true);
  traced.run_until_told("ready");
  traced.run_until_asleep();
  ::kill(traced.pid(), SIGUSR1);
  traced.run_until_asleep();
  traced.types("0123");
  traced.input_ends();
  traced.run();
  CHECK(traced.told() == "ready 0\nread 2\nread 2\nread 0\n");
}

TEST_CASE("otherwise a traced program is as always") {
  const std::vector<Fault> none = {interrupt("process_vm_readv")};
  CHECK(told_by({"stop"}, none) == "stopped\nchild 7\n");
  Traced crash({"segfault"}, none);
  crash.run();
  CHECK(WTERMSIG(crash.status()) == SIGSEGV);
  Traced orphan({"abandon"}, none);
  orphan.run();
  CHECK(WEXITSTATUS(orphan.status()) == 3);
  CHECK(orphan.reaped() ==
        2);  // itself, and the grandchild that became ours; not the child, which it waited for
  CHECK(WEXITSTATUS(orphan.other_status()) == 9);
}

TEST_CASE("a traced orphan is reaped once, also when it ends in the moment that its parent does") {
  for (int i = 0; i < 100; ++i) {
    Traced orphan({"abandon"}, {interrupt("process_vm_readv")});
    orphan.run();
    REQUIRE(WEXITSTATUS(orphan.status()) == 3);
    REQUIRE(orphan.reaped() == 2);  // itself and its grandchild; not the child, which it waited for
    REQUIRE(WEXITSTATUS(orphan.other_status()) == 9);
  }
}

TEST_CASE("what makes no sense is refused") {
  CHECK_THROWS_WITH_AS(validate(interrupt("reed")), "fault: no call named 'reed' (is it 'read'?)",
                       std::invalid_argument);
  CHECK_THROWS_AS(validate(short_count("futex", 1)), std::invalid_argument);
  CHECK_THROWS_AS(validate(short_count("read", 0)), std::invalid_argument);
  CHECK_THROWS_AS(validate(fail("read", 0)), std::invalid_argument);
  CHECK_THROWS_AS(validate(on(Fault::On::pipe, interrupt("futex"))), std::invalid_argument);
  CHECK_THROWS_AS(validate(interrupt("read", -1)), std::invalid_argument);
  CHECK_NOTHROW(validate(hold_after("mq_send")));
}

TEST_SUITE_END();
