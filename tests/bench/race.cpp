// How often the race detector is right: every litmus program as it stands (must be reported with its two
// lines) and mended (must not), and how long a run takes.
//   build/bench/race [--racy N] [--mended N] [--load] [NAME…]
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "../race/litmus.hpp"
#include "process/run.hpp"

using namespace ipclab;

namespace {

struct Count {
  int wrong = 0;
  std::vector<double> ms;
  double median() {
    std::ranges::sort(ms);
    return ms.empty() ? 0 : ms[ms.size() / 2];
  }
};

process::Outcome run(const Litmus& litmus, bool mended) {
  std::vector<std::string> argv{IPCLAB_BUILD "/harness/ipclab", "race"};
  if (!mended && litmus.by_luck) argv.insert(argv.end(), {"--seeds", "50"});
  argv.insert(argv.end(), {"--", litmus_path(litmus, mended)});
  return process::run({.argv = argv, .limit = std::chrono::seconds(120)});
}

bool is_right(const Litmus& litmus, bool mended, const process::Outcome& outcome) {
  if (mended) return outcome.ok();
  return outcome.exit_code == 1 && ("\n" + outcome.out).find("\n" + litmus.first_line) != std::string::npos;
}

Count repeated(const Litmus& litmus, bool mended, int times) {
  Count count;
  for (int i = 0; i < times; ++i) {
    const auto outcome = run(litmus, mended);
    count.ms.push_back(static_cast<double>(outcome.took.count()) / 1e3);
    if (!is_right(litmus, mended, outcome)) ++count.wrong;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("How often the race detector is right");
  int racy = 10, mended = 10;
  bool load = false;
  std::vector<std::string> names;
  app.add_option("--racy", racy, "Runs of each racy program");
  app.add_option("--mended", mended, "Runs of each mended program");
  app.add_flag("--load", load, "With a busy loop on every core");
  app.add_option("name", names, "Only these");
  CLI11_PARSE(app, argc, argv);
  std::vector<std::jthread> busy;
  for (unsigned i = 0; load && i < std::thread::hardware_concurrency(); ++i)
    busy.emplace_back([](std::stop_token stop) {
      while (!stop.stop_requested()) {
      }
    });
  int missed = 0, alarms = 0;
  for (const Litmus& litmus : litmus_programs()) {
    if (!names.empty() && std::ranges::find(names, litmus.name) == names.end()) continue;
    Count found = repeated(litmus, false, racy), silent = repeated(litmus, true, mended);
    missed += found.wrong;
    alarms += silent.wrong;
    fmt::print("{:<24} missed {:>3} of {}, {:>6.1f} ms   false alarms {:>3} of {}, {:>6.1f} ms\n",
               litmus.name, found.wrong, racy, found.median(), silent.wrong, mended, silent.median());
    std::fflush(stdout);
  }
  fmt::print("missed {}, false alarms {}\n", missed, alarms);
  return missed + alarms == 0 ? 0 : 1;
}
