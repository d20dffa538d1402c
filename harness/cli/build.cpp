#include "cli/build.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "base/file.hpp"
#include "base/syscall.hpp"
#include "base/text.hpp"
#include "cli/errors.hpp"
#include "process/run.hpp"
#include "room/room.hpp"

namespace ipclab::cli {
namespace {

const std::vector<std::string> kFlags{"-std=c++20", "-g", "-O1", "-Wall", "-Wextra", "-pthread"};

constexpr char kMessages[] = ".messages";  // the warnings, kept beside the programs

std::string compiler() {
  const char* chosen = std::getenv("CXX");
  return chosen && *chosen ? chosen : "c++";
}

std::string hash_of(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += fmt::format("{}:{};", part.size(), part);
  return fmt::format("{:016x}{:016x}", std::hash<std::string>{}(all), std::hash<std::string>{}(all + "'"));
}

bool is_source(const std::string& name) { return name.ends_with(".cpp"); }

/// All that a source may include: its own headers and those of harness/lab.
std::vector<std::string> headers(const Variant& variant) {
  std::vector<std::string> texts;
  for (const auto& [name, text] : variant.files)
    if (!is_source(name)) texts.insert(texts.end(), {name, text});
  for (const auto& entry : fs::recursive_directory_iterator(source_root() / "harness/lab"))
    if (entry.is_regular_file()) texts.push_back(read_file(entry.path()));
  return texts;
}

std::string key_of(const Variant& variant, const std::vector<std::string>& names) {
  std::vector<std::string> parts = headers(variant);
  parts.push_back(compiler_version());
  parts.insert(parts.end(), kFlags.begin(), kFlags.end());
  for (const std::string& name : names) parts.insert(parts.end(), {name, variant.files.at(name)});
  parts.push_back(joined(variant.lab.programs, " "));
  return hash_of(parts);
}

/// Of one program: src/PROGRAM.cpp and the files that are nobody's own; of the only program: everything.
std::vector<std::string> sources_of(const Variant& variant, const std::string& program) {
  std::vector<std::string> names;
  for (const auto& [name, text] : variant.files) {
    if (!is_source(name)) continue;
    const std::string stem = fs::path(name).stem();
    const auto& programs = variant.lab.programs;
    const bool own = std::ranges::find(programs, stem) != programs.end();
    if (programs.size() == 1 || !own || stem == program) names.push_back(name);
  }
  return names;
}

/// Before a compiler that finds no room could say so in a student's name.
void require_disk(const fs::path& directory) {
  constexpr std::uintmax_t kMiB = 1u << 20, kNeeded = 64;
  const std::uintmax_t free = fs::space(directory).available / kMiB;
  if (free < kNeeded)
    throw UsageError(fmt::format("no free disk: {} MiB in {}, and {} are needed to compile", free,
                                 directory.string(), kNeeded));
}

/// A directory that is gone when it goes out of scope.
class Scratch {
 public:
  Scratch() : path_((fs::temp_directory_path() / "ipclab-build-XXXXXX").string()) {
    if (!::mkdtemp(path_.data()))
      throw MachineError(fmt::format("cannot make a directory in {}: {}", fs::temp_directory_path().string(),
                                     std::generic_category().message(errno)));
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  fs::path path() const { return path_; }

 private:
  std::string path_;
};

/// The compiler in its room.
class Workshop {
 public:
  Workshop(const fs::path& sources, const fs::path& output) : room_(options(sources, output)) {}

  struct Job {
    std::vector<std::string> arguments;
    int status = 0;
    std::string messages;
  };
  void run(std::vector<Job>& jobs);
  std::string place(const std::string& name) const { return room_.place(name); }

 private:
  static room::Options options(const fs::path& sources, const fs::path& output) {
    room::Options options;
    options.limits.processes = 256;
    options.limits.memory = std::size_t{8} << 30;
    options.limits.cpu_seconds = 120;
    options.limits.scratch = std::size_t{1} << 30;
    options.binds = {{sources, "src"}, {source_root() / "harness/lab", "include"}};
    options.output = output;
    options.hidden = {source_root()};
    return options;
  }
  room::Room room_;
};

void Workshop::run(std::vector<Job>& jobs) {
  std::map<pid_t, Job*> running;
  std::vector<Fd> outputs;
  for (Job& job : jobs) {
    outputs.emplace_back(checked(::memfd_create("messages", MFD_CLOEXEC), "memfd_create"));
    room::Launch launch;
    launch.argv = {compiler()};
    launch.argv.insert(launch.argv.end(), job.arguments.begin(), job.arguments.end());
    launch.out = launch.err = outputs.back().get();
    running[room_.start(launch).pid] = &job;
  }
  while (!running.empty()) {
    pollfd polled{room_.event_fd(), POLLIN, 0};
    ::poll(&polled, 1, -1);
    while (const auto event = room_.next_event()) {
      if (event->kind != room::RoomEvent::Kind::exited || !running.contains(event->pid)) continue;
      running[event->pid]->status = event->status;
      running.erase(event->pid);
    }
  }
  for (std::size_t i = 0; i < jobs.size(); ++i)
    jobs[i].messages = read_file("/proc/self/fd/" + std::to_string(outputs[i].get()));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// Puts a finished file where others find it, in one step.
void keep(const fs::path& made, const fs::path& place) {
  fs::create_directories(place.parent_path());
  const fs::path beside = place.string() + fmt::format(".{}", ::getpid());
  fs::copy_file(made, beside, fs::copy_options::overwrite_existing);
  fs::rename(beside, place);
}

void write_sources(const Variant& variant, const fs::path& directory) {
  for (const auto& [name, text] : variant.files) {
    fs::create_directories((directory / name).parent_path());
    write_file(directory / name, text);
  }
  fs::permissions(directory, fs::perms(0755));
}

std::string object_name(const std::string& source) { return replaced(source, "/", "_") + ".o"; }

void compile(const Variant& variant, Workshop& workshop, const fs::path& output, Built& built) {
  std::vector<Workshop::Job> jobs;
  std::vector<std::string> compiled;
  for (const auto& [name, text] : variant.files) {
    if (!is_source(name)) continue;
    const fs::path kept = build_root() / "objects" / (key_of(variant, {name}) + ".o");
    if (fs::exists(kept)) {
      fs::copy_file(kept, output / object_name(name));
      continue;
    }
    Workshop::Job job{kFlags, 0, ""};
    const std::string include = "-I" + workshop.place("include"),
                      to = workshop.place("out") + "/" + object_name(name);
    job.arguments.insert(job.arguments.end(), {include, "-c", workshop.place("src") + "/" + name, "-o", to});
    jobs.push_back(std::move(job));
    compiled.push_back(name);
  }
  workshop.run(jobs);
  built.compiled = true;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    built.compiled = built.compiled && jobs[i].status == 0;
    built.messages += replaced(jobs[i].messages, workshop.place("src") + "/", variant.shown);
    // An object that came with warnings is compiled again, so that they are not lost.
    if (jobs[i].status == 0 && jobs[i].messages.empty())
      keep(output / object_name(compiled[i]),
           build_root() / "objects" / (key_of(variant, {compiled[i]}) + ".o"));
  }
}

void link(const Variant& variant, Workshop& workshop, Built& built) {
  std::vector<Workshop::Job> jobs;
  for (const std::string& program : variant.lab.programs) {
    Workshop::Job job{{"-pthread", "-o", workshop.place("out") + "/" + program}, 0, ""};
    for (const std::string& source : sources_of(variant, program))
      job.arguments.push_back(workshop.place("out") + "/" + object_name(source));
    job.arguments.push_back("-lrt");
    jobs.push_back(std::move(job));
  }
  workshop.run(jobs);
  for (const auto& job : jobs) {
    built.compiled = built.compiled && job.status == 0;
    built.messages += job.messages;
  }
}

}  // namespace

std::string compiler_version() {
  static const std::string version = [] {
    try {
      const auto outcome =
          process::run({{compiler(), "--version"}, {}, {}, "", 1 << 16, std::chrono::seconds(30), false});
      if (outcome.ok()) return outcome.out.substr(0, outcome.out.find('\n'));
    } catch (const std::system_error&) {
    }
    throw UsageError(fmt::format(
        "there is no C++ compiler: {} cannot be run (install g++, or name one in CXX)", compiler()));
  }();
  return version;
}

Built build(const Variant& variant) try {
  std::vector<std::string> names;
  for (const auto& [name, text] : variant.files)
    if (is_source(name)) names.push_back(name);
  const fs::path place = build_root() / "variants" / variant.lab.name / key_of(variant, names);
  Built built{false, "", place};
  if (fs::exists(place)) {
    built.compiled = true;
    built.messages = try_read_file(place / kMessages).value_or("");
    return built;
  }
  for (const fs::path& needed : {fs::temp_directory_path(), build_root()}) require_disk(needed);
  const Scratch scratch;
  const fs::path sources = scratch.path() / "src", output = scratch.path() / "out";
  fs::permissions(scratch.path(), fs::perms(0755));
  fs::create_directory(sources);
  fs::create_directory(output);
  fs::permissions(output, fs::perms(0777));
  write_sources(variant, sources);
  Workshop workshop(sources, output);
  compile(variant, workshop, output, built);
  if (built.compiled) link(variant, workshop, built);
  if (!built.compiled) return built;
  const fs::path beside = place.string() + fmt::format(".{}", ::getpid());
  fs::create_directories(beside);
  for (const std::string& program : variant.lab.programs) {
    fs::copy_file(output / program, beside / program, fs::copy_options::overwrite_existing);
    fs::permissions(beside / program, fs::perms(0755));
  }
  if (!built.messages.empty()) write_file(beside / kMessages, built.messages);
  std::error_code taken;  // another ipclab has put the same there meanwhile
  fs::rename(beside, place, taken);
  if (taken) fs::remove_all(beside);
  return built;
} catch (const fs::filesystem_error& error) {
  if (error.code() == std::errc::no_space_on_device)
    throw UsageError("the disk is full: " + std::string(error.what()));
  throw MachineError(error.what());
}

}  // namespace ipclab::cli
