// How long it takes from the moment that the last thread of a stuck tree has fallen asleep to the verdict,
// and how often the verdict is wrong: for every fixture that hangs, on a quiet machine and with a busy loop
// on every core.
//   build/bench/verdict [--repeats N] [--quiet | --load] [FIXTURE…]
//
// The moment is taken from outside the watch: /proc/PID/task/*/schedstat of the whole tree is read on every
// turn. The last thread fell asleep after the last reading that differs from the final one; time is counted
// from that reading, so the figures are upper bounds.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "cli/inquiry.hpp"
#include "process/tree.hpp"

using namespace ipclab;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

namespace {

/// When the tree below a process last did something.
class Sampler {
 public:
  explicit Sampler(pid_t top) : top_(top) {}

  void look() {
    const auto time = Clock::now();
    std::string all;
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const int pid = std::atoi(entry.path().filename().c_str());
      if (pid > top_ && belongs(pid)) all += counters(pid);
    }
    if (all != last_) asleep_since_ = previous_;
    last_ = std::move(all);
    previous_ = time;
  }

  Clock::time_point asleep_since() const { return asleep_since_; }

 private:
  bool belongs(int pid) {
    const auto known = belongs_.find(pid);
    if (known != belongs_.end()) return known->second;
    const std::string stat = try_read_file(fmt::format("/proc/{}/stat", pid)).value_or("");
    const auto bracket = stat.rfind(')');
    if (bracket == std::string::npos) return false;
    const int parent = std::atoi(stat.c_str() + bracket + 4);
    return belongs_[pid] = parent == top_ || (parent > top_ && belongs(parent));
  }

  static std::string counters(int pid) {
    std::string text;
    std::error_code gone;
    for (fs::directory_iterator task(fmt::format("/proc/{}/task", pid), gone), end; !gone && task != end;
         task.increment(gone))
      text += task->path().filename().string() + " " + try_read_file(task->path() / "schedstat").value_or("");
    return text;
  }

  pid_t top_;
  std::map<int, bool> belongs_;
  std::string last_;
  Clock::time_point previous_ = Clock::now(), asleep_since_ = previous_;
};

class Load {
 public:
  explicit Load(unsigned loops) {
    for (unsigned i = 0; i < loops; ++i) {
      const pid_t pid = ::fork();
      if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (volatile bool on = true; on;) {
        }
      }
      loops_.push_back(pid);
    }
  }
  ~Load() {
    for (const pid_t pid : loops_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
  }

 private:
  std::vector<pid_t> loops_;
};

struct Figures {
  std::vector<double> milliseconds;
  int wrong = 0;
  std::string example;  // of a wrong verdict
};

void measure(const fs::path& fixture, int input, Figures& figures) {
  process::Tree::Start start;
  start.argv = {fixture};
  start.streams = {input, input, input};
  start.outlives = true;
  process::Tree tree(start);
  observe::World world;
  world.roots = {tree.program()};
  world.reaper = tree.keeper();
  world.outsiders = true;  // as `ipclab why` does
  cli::Inquiry inquiry(std::move(world), true);
  Sampler sampler(tree.keeper());
  const auto answer = inquiry.ask(Clock::now() + std::chrono::seconds(20), tree.gone_fd(), [&] {
    sampler.look();
    return tree.gone();
  });
  const auto time = Clock::now();
  if (answer && answer->verdict.stuck()) {
    figures.milliseconds.push_back(
        std::chrono::duration<double, std::milli>(time - sampler.asleep_since()).count());
  } else {
    ++figures.wrong;
    figures.example = answer ? answer->verdict.first_line() : "it ended";
  }
}

/// Fixtures of hangs say so in their first line: "// STUCK …".
std::vector<fs::path> hangs(const std::vector<std::string>& wanted) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(IPCLAB_SOURCE "/tests/fixtures")) {
    const std::string name = entry.path().stem();
    if (!wanted.empty() && std::ranges::count(wanted, name) == 0) continue;
    if (read_file(entry.path()).starts_with("// STUCK"))
      found.push_back(fs::path(IPCLAB_BUILD "/fixtures") / name);
  }
  std::ranges::sort(found);
  return found;
}

bool print(const fs::path& fixture, const char* condition, Figures figures) {
  auto& times = figures.milliseconds;
  std::ranges::sort(times);
  const double median = times.empty() ? 0 : times[times.size() / 2], most = times.empty() ? 0 : times.back();
  fmt::print("{:<32} {:<6} {:>5} {:>9.2f} {:>9.2f} {:>6}  {}\n", fixture.filename().string(), condition,
             times.size() + static_cast<std::size_t>(figures.wrong), median, most, figures.wrong,
             figures.example);
  std::fflush(stdout);
  return figures.wrong == 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Time from the last thread's falling asleep to the verdict");
  int repeats = 50;
  bool quiet = false, load = false;
  std::vector<std::string> wanted;
  app.add_option("--repeats", repeats)->check(CLI::PositiveNumber);
  app.add_flag("--quiet", quiet, "only on the machine as it is");
  app.add_flag("--load", load, "only with a busy loop on every core");
  app.add_option("fixture", wanted);
  CLI11_PARSE(app, argc, argv);

  const Fd input(::open("/dev/null", O_RDWR | O_CLOEXEC));
  bool right = true;
  fmt::print("{:<32} {:<6} {:>5} {:>9} {:>9} {:>6}\n", "fixture", "", "runs", "median ms", "max ms", "wrong");
  for (const bool busy : {false, true}) {
    if ((busy && quiet) || (!busy && load)) continue;
    const Load loops(busy ? std::max(1u, std::thread::hardware_concurrency()) : 0);
    for (const fs::path& fixture : hangs(wanted)) {
      Figures figures;
      for (int i = 0; i < repeats; ++i) measure(fixture, input.get(), figures);
      right &= print(fixture, busy ? "load" : "quiet", std::move(figures));
    }
  }
  return right ? 0 : 1;
}
