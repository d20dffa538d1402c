#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>

#include "base/text.hpp"
#include "check/check.hpp"
#include "check/difference.hpp"
#include "check/outcome.hpp"
#include "check/session.hpp"
#include "check/status.hpp"
#include "model/cause.hpp"

namespace ipclab::check {
namespace {

Finding wrong_output(const std::string& name, std::string_view wanted, std::string_view got) {
  return {cause::kWrongOutput,
          fmt::format("{} prints {}", name, ipclab::quoted(wanted)),
          fmt::format("{} printed {}", name, ipclab::quoted(got)),
          {{"", difference(wanted, got), ""}},
          "",
          {}};
}

}  // namespace

void Program::types(std::string_view bytes) const {
  Started& started = session_->started(pid_);
  started.to_type += bytes;
  outcome().log("check", fmt::format("writes {} bytes to {}", bytes.size(), started.name));
  session_->drain();
}

void Program::input_ends() const {
  Started& started = session_->started(pid_);
  outcome().log("check", "ends the input of " + started.name);
  started.close_input = true;
  if (started.to_type.empty()) started.input.reset();
}

void Program::must_print(std::string_view bytes) const {
  Started& started = session_->started(pid_);
  const auto next = [&] { return std::string_view(started.printed).substr(started.compared); };
  const std::string expected = fmt::format("{} prints {}", started.name, ipclab::quoted(bytes));
  session_->wait_for(expected, 0, [&] {
    const std::string_view got = next().substr(0, bytes.size());
    if (got != bytes.substr(0, got.size())) end_with(wrong_output(started.name, bytes, got));
    return got.size() == bytes.size() || started.output_ended();
  });
  if (next().size() < bytes.size()) end_with(wrong_output(started.name, bytes, next()));
  started.compared += bytes.size();
}

void Program::must_have_printed(std::string_view all) const {
  const std::string got = output();
  if (got != all) end_with(wrong_output(name(), all, got));
}

std::string Program::output() const {
  Started& started = session_->started(pid_);
  session_->wait_for(started.name + " ends, and with it its output", 0,
                     [&] { return started.status && started.output_ended(); });
  started.compared = started.printed.size();
  return started.printed;
}

std::string Program::error_output() const {
  Started& started = session_->started(pid_);
  session_->wait_for(started.name + " ends, and with it its error output", 0,
                     [&] { return started.status && !started.errors; });
  return started.complained;
}

std::string Program::output_so_far() const {
  session_->drain();
  return session_->started(pid_).printed;
}

void Program::output_closes() const {
  Started& started = session_->started(pid_);
  outcome().log("check", "closes the reading end of the output of " + started.name);
  started.output.reset();
}

void Program::output_is_not_read() const { session_->started(pid_).output_read = false; }
void Program::output_is_read() const { session_->started(pid_).output_read = true; }

int Program::status() const {
  Started& started = session_->started(pid_);
  session_->wait_for(started.name + " ends", 0, [&] { return started.status.has_value(); });
  started.end_expected = true;
  session_->drain();
  return shell_status(*started.status);
}

room::Effort Program::effort() const {
  status();
  return session_->started(pid_).effort;
}

void Program::must_exit(int wanted) const {
  Started& started = session_->started(pid_);
  const std::string expected = fmt::format("{} ends with exit status {}", started.name, wanted);
  session_->wait_for(expected, 0, [&] { return started.status.has_value(); });
  started.end_expected = true;
  session_->drain();
  const int status = *started.status;
  if (WIFEXITED(status) && WEXITSTATUS(status) == wanted) return;
  if (WIFSIGNALED(status)) session_->fail_ended(expected, started);
  end_with({cause::kWrongStatus,
            expected,
            fmt::format("{} {}", started.name, describe_status(status)),
            {},
            "",
            {}});
}

void Program::must_be_killed_by(int number) const {
  Started& started = session_->started(pid_);
  const std::string expected = fmt::format("{} is killed by {}", started.name, signal_name(number));
  session_->wait_for(expected, 0, [&] { return started.status.has_value(); });
  started.end_expected = true;
  session_->drain();
  const int status = *started.status;
  if (WIFSIGNALED(status) && WTERMSIG(status) == number) return;
  end_with({cause::kWrongStatus,
            expected,
            fmt::format("{} {}", started.name, describe_status(status)),
            {},
            "",
            {}});
}

bool Program::ended() const {
  session_->drain();
  return session_->started(pid_).status.has_value();
}

Process Program::child(std::string_view program, int which) const {
  int found = 0;
  const std::string expected =
      fmt::format("{} starts {}{}", name(), program, which > 1 ? fmt::format(", {} of them", which) : "");
  session_->wait_for(expected, 0, [&] {
    const Snapshot snapshot = session_->look_again(0);
    const ipclab::Process* self = snapshot.find(pid_);
    const std::string own = self ? self->program : "";
    const auto descends = [&](const ipclab::Process& process) {
      for (const ipclab::Process* p = &process; p; p = snapshot.find(p->parent))
        if (p->parent == pid_) return true;
      return false;
    };
    int seen = 0;
    for (const ipclab::Process& process : snapshot.processes) {
      if (process.zombie || !descends(process)) continue;
      if (process.program == program && ++seen == which) found = process.pid;
      // A fork that has yet to execute its program may still become an earlier one of this name.
      const bool may_become = process.program == own && process.program != program;
      if (found || (may_become && !session_->rests(process.pid))) break;
    }
    return found != 0;
  });
  return Process(session_, found);
}

void Program::must_be_held() const {
  session_->wait_for(name() + " comes to the call at which it is to be held", 0,
                     [&] { return session_->held(pid_); });
}

bool Program::is_held() const {
  session_->drain();
  return session_->held(pid_);
}

void Program::goes_on() const { session_->release(pid_); }

}  // namespace ipclab::check
