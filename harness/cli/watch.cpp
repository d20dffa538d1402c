// Checks again whenever a source of the lab is saved, until q.

#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/syscall.hpp"
#include "cli/checks.hpp"
#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/hints.hpp"
#include "cli/state.hpp"
#include "cli/terminal.hpp"
#include "report/terminal.hpp"

namespace ipclab::cli {
namespace {

constexpr char kControlC = 3;

/// Keys one by one, not lines, while it lives.
class Keys {
 public:
  Keys() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);  // ^C is a key: the terminal must be put back
    ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
  ~Keys() { ::tcsetattr(STDIN_FILENO, TCSANOW, &before_); }
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

 private:
  termios before_{};
};

class Watcher {
 public:
  explicit Watcher(Lab lab)
      : lab_(std::move(lab)), events_(checked(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "inotify_init1")) {
    // Editors save by writing in place or by renaming a new file over the old: both are seen in the
    // directory.
    checked(::inotify_add_watch(events_.get(), lab_.sources().c_str(), IN_CLOSE_WRITE | IN_MOVED_TO),
            "inotify_add_watch");
  }

  void run() {
    const Keys keys;
    check();
    for (;;) {
      pollfd polled[] = {{STDIN_FILENO, POLLIN, 0}, {events_.get(), POLLIN, 0}};
      if (::poll(polled, 2, -1) < 0 && errno != EINTR) throw_errno("poll");
      if (polled[1].revents) {
        char buffer[4096];
        while (::read(events_.get(), buffer, sizeof buffer) > 0) {
        }
        check();
      }
      char key = 0;
      if (!polled[0].revents) continue;
      if (::read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == kControlC) return;
      if (key == 'h') hint();
      if (key == 'n') ++failure_, show();
      if (key == 'r' || key == '\n') check();
    }
  }

 private:
  void check() try {
    RunOptions options;
    options.jobs = default_checks();
    Progress progress(lab_.name);
    options.progress = [&](int done, int of) { progress.show(done, of); };
    result_ = check_variant(learners(lab_), options);
    progress.clear();
    remember(result_);
    failure_ = 0;
    show();
  } catch (const UsageError& error) {  // a file that is being replaced, or lost
    fmt::print("{}\n", error.what());
    std::fflush(stdout);
  }

  std::vector<const CheckResult*> failures() const {
    std::vector<const CheckResult*> failed;
    for (const CheckResult& check : result_.checks)
      if (check.status == Status::fail || check.status == Status::todo) failed.push_back(&check);
    return failed;
  }

  void show() {
    report::Style style = terminal_style(STDOUT_FILENO);
    style.slides = lab_.has_slides();
    const auto failed = failures();
    fmt::print("\033[H\033[2J\033[3J");
    if (!result_.compiled || failure_ == 0 || failed.empty()) fmt::print("{}", report::lab(result_, style));
    else fmt::print("{}", report::check(*failed[failure_ % failed.size()], lab_.name, style, true));
    fmt::print("\n{} of {} checks pass.  h hint  n next failure  r again  q quit  (saves are seen)\n",
               std::ranges::count(result_.checks, Status::pass, &CheckResult::status), result_.checks.size());
    std::fflush(stdout);
  }

  void hint() {
    const auto hints = read_hints(try_read_file(lab_.directory() / "README.md").value_or(""));
    const auto failed = failures();
    if (failed.empty()) return;
    const CheckResult& check = *failed[failure_ % failed.size()];
    const int todo = check.status == Status::todo ? check.todo : check.info.todo;
    if (hints.contains(todo)) fmt::print("\n{}", next_hint(lab_.name, hints.at(todo), todo));
    std::fflush(stdout);
  }

  Lab lab_;
  Fd events_;
  LabResult result_;
  std::size_t failure_ = 0;
};

/// The first lab that is not done.
Lab current_lab() {
  for (const Lab& lab : all_labs()) {
    const auto result = last_result(lab.name);
    if (!result || !result->all_pass()) return lab;
  }
  return all_labs().front();
}

}  // namespace

void add_watch(CLI::App& app, Action& action) {
  auto typed = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("watch", "check again on every save");
  command->add_option("LAB", *typed, "none: the first that is not done");
  command->callback([typed, &action] {
    action = [typed] {
      if (!::isatty(STDIN_FILENO) || !::isatty(STDOUT_FILENO))
        throw UsageError("watch needs a terminal; use ipclab check");
      Watcher(typed->empty() ? current_lab() : find_lab(*typed)).run();
      return kAllPass;
    };
  });
}

}  // namespace ipclab::cli
