// tests/fixtures/fault_calls under the tracer, with the test itself in the part of a room's init.
#pragma once

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/text.hpp"
#include "room/fault.hpp"
#include "room/registers.hpp"
#include "room/tracer.hpp"

using namespace ipclab;
using namespace ipclab::room;

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

inline std::string told_by(std::vector<std::string> modes, const std::vector<Fault>& faults,
                           std::string input = "") {
  Traced traced(std::move(modes), faults, std::move(input));
  traced.run();
  REQUIRE(WIFEXITED(traced.status()));
  REQUIRE(WEXITSTATUS(traced.status()) == 3);
  return traced.told();
}

inline Fault on(Fault::On kind, Fault fault) {
  fault.on = kind;
  return fault;
}

inline Fault in_program(std::string program, Fault fault) {
  fault.program = std::move(program);
  return fault;
}
