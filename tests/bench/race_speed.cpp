// What the race detector costs, beside what ThreadSanitizer costs the same program with threads instead of
// processes: every tests/race/litmus/large_*.cpp, mended, compiled in four ways, with as many rounds as keep
// the plain one busy for some time. CPU time of all its processes, medians; and the memory of the record.
//   build/bench/race_speed [--repeats N] [--option -O2] [NAME…]
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "process/run.hpp"
#include "race/recording.hpp"

using namespace ipclab;
namespace fs = std::filesystem;

namespace {

double median(std::vector<double> all) {
  std::ranges::sort(all);
  return all.empty() ? 0 : all[all.size() / 2];
}

/// One run of a program: in seconds, and what its record took.
struct Cost {
  double cpu = 0, wall = 0, record_mib = 0;
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

Cost run(const std::string& program, int rounds, bool recorded) {
  std::optional<race::Recording> recording;
  if (recorded) recording.emplace(std::nullopt);
  const auto [name, value] = recorded ? recording->variable() : std::pair<std::string, std::string>{"_", ""};
  const std::string argument = std::to_string(rounds);
  const auto start = std::chrono::steady_clock::now();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setenv(name.c_str(), value.c_str(), 1);
    ::execl(program.c_str(), program.c_str(), argument.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  ::wait4(pid, &status, 0, &usage);
  if (status != 0) throw std::runtime_error(fmt::format("{} ends with status {:#x}", program, status));
  Cost cost;
  cost.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  cost.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  struct stat file {};
  if (recorded && ::fstat(recording->fd(), &file) == 0)
    cost.record_mib = static_cast<double>(file.st_blocks) * 512 / (1 << 20);
  return cost;
}

Cost median_run(const std::string& program, int rounds, bool recorded, int repeats) {
  std::vector<double> cpu, wall;
  Cost cost;
  for (int i = 0; i < repeats; ++i) {
    cost = run(program, rounds, recorded);
    cpu.push_back(cost.cpu);
    wall.push_back(cost.wall);
  }
  return {median(cpu), median(wall), cost.record_mib};
}

/// The four ways to compile a program.
struct Programs {
  std::string processes, watched, threads, sanitized;
};

std::string compiled(const fs::path& source, const fs::path& to, std::vector<std::string> argv,
                     const std::vector<std::string>& more) {
  argv.insert(argv.end(), more.begin(), more.end());
  for (const char* word : {"-std=c++20", "-g", "-pthread", "-DMENDED"}) argv.emplace_back(word);
  argv.insert(argv.end(), {source, "-o", to});
  const auto outcome = process::run({.argv = argv});
  if (!outcome.ok()) throw std::runtime_error(outcome.err);
  return to;
}

Programs compile(const fs::path& source, const fs::path& directory, const std::string& option) {
  const fs::path to = directory / source.stem();
  const auto named = [&](const char* way) { return fs::path(to.string() + way); };
  return {compiled(source, named("-processes"), {"c++", option}, {}),
          compiled(source, named("-watched"), {IPCLAB_BUILD "/harness/ipclab", "c++", option}, {}),
          compiled(source, named("-threads"), {"c++", option}, {"-DTHREADS"}),
          compiled(source, named("-sanitized"), {"c++", option}, {"-DTHREADS", "-fsanitize=thread"})};
}

int rounds_for(const std::string& program, double cpu) {
  for (int rounds = 16; rounds < 1 << 28; rounds *= 2) {
    const double took = run(program, rounds, false).cpu;
    if (took >= cpu) return rounds;
    if (took < cpu / 8) rounds *= 4;
  }
  return 1 << 28;
}

/// From exec to the end of a program that does nothing to speak of.
void tell_start(const Programs& any, int repeats) {
  const Cost plain = median_run(any.processes, 0, false, repeats * 5);
  const Cost watched = median_run(any.watched, 0, true, repeats * 5);
  fmt::print("start and end: {:.1f} ms plain, {:.1f} ms watched; record {:.2f} MiB\n", plain.wall * 1e3,
             watched.wall * 1e3, watched.record_mib);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("What the race detector costs");
  int repeats = 3;
  double busy = 0.02;
  std::string option = "-O1";
  std::vector<std::string> names;
  app.add_option("--repeats", repeats, "Runs of each program, of which the median counts");
  app.add_option("--busy", busy, "CPU seconds of the plain program");
  app.add_option("--option", option, "What all four are compiled with");
  app.add_option("name", names, "Only these");
  CLI11_PARSE(app, argc, argv);
  std::string directory = fs::temp_directory_path() / "ipclab-race-speed-XXXXXX";
  if (!::mkdtemp(directory.data())) throw std::system_error(errno, std::generic_category(), "mkdtemp");
  std::vector<double> ours, theirs, both;
  std::optional<Programs> any;
  fmt::print("{:<14} {:>9} {:>9} {:>6}   {:>9} {:>9} {:>6}   {:>9} {:>8}\n", "", "processes", "watched", "x",
             "threads", "TSan", "x", "ours/TSan", "record");
  for (const auto& entry : fs::directory_iterator(IPCLAB_SOURCE "/tests/race/litmus")) {
    const std::string name = entry.path().stem();
    if (!name.starts_with("large_")) continue;
    if (!names.empty() && std::ranges::find(names, name) == names.end()) continue;
    const Programs programs = compile(entry.path(), directory, option);
    any = programs;
    const int rounds = rounds_for(programs.processes, busy);
    const Cost plain = median_run(programs.processes, rounds, false, repeats);
    const Cost watched = median_run(programs.watched, rounds, true, repeats);
    const Cost threads = median_run(programs.threads, rounds, false, repeats);
    const Cost sanitized = median_run(programs.sanitized, rounds, false, repeats);
    ours.push_back(watched.cpu / plain.cpu);
    theirs.push_back(sanitized.cpu / threads.cpu);
    both.push_back(ours.back() / theirs.back());
    fmt::print(
        "{:<14} {:>7.3f} s {:>7.3f} s {:>6.1f}   {:>7.3f} s {:>7.3f} s {:>6.1f}   {:>9.2f} {:>4.1f} MiB\n",
        name, plain.cpu, watched.cpu, ours.back(), threads.cpu, sanitized.cpu, theirs.back(), both.back(),
        watched.record_mib);
    std::fflush(stdout);
  }
  fmt::print("medians: watched {:.1f} x, TSan {:.1f} x, ours/TSan {:.2f}\n", median(ours), median(theirs),
             median(both));
  if (any) tell_start(*any, repeats);
  fs::remove_all(directory);
}
