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
#include "cli/cxx.hpp"
#include "cli/errors.hpp"
#include "process/run.hpp"
#include "race/recording.hpp"
#include "room/room.hpp"

namespace ipclab::cli {
namespace {

const std::vector<std::string> kFlags{"-std=c++20", "-g", "-O1", "-Wall", "-Wextra", "-pthread"};

constexpr char kMessages[] = ".messages";  // the warnings, kept beside the programs

/// As the programs are to run, or such that their accesses are seen (cxx.hpp).
enum class Kind { plain, watched };

std::vector<Kind> kinds(const Lab& lab) {
  return lab.races ? std::vector<Kind>{Kind::plain, Kind::watched} : std::vector<Kind>{Kind::plain};
}

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

std::string key_of(const Variant& variant, const std::vector<std::string>& names,
                   const std::vector<Kind>& made) {
  std::vector<std::string> parts = headers(variant);
  parts.push_back(compiler_version());
  parts.insert(parts.end(), kFlags.begin(), kFlags.end());
  for (const std::string& name : names) parts.insert(parts.end(), {name, variant.files.at(name)});
  parts.push_back(joined(variant.lab.programs, " "));
  for (const Kind kind : made)
    if (kind == Kind::watched) {
      const auto flags = instrumented(compiler(), {"-c"}, "");
      parts.insert(parts.end(), flags.begin(), flags.end());
    }
  return hash_of(parts);
}

/// Of the programs made of all sources.
std::string key_of(const Variant& variant) {
  std::vector<std::string> names;
  for (const auto& [name, text] : variant.files)
    if (is_source(name)) names.push_back(name);
  const std::string key = key_of(variant, names, kinds(variant.lab));
  return variant.lab.races ? hash_of({key, read_file(race_runtime())}) : key;
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

constexpr char kRuntime[] = "race-runtime.a";  // in the room

/// The compiler in its room.
class Workshop {
 public:
  Workshop(const Lab& lab, const fs::path& sources, const fs::path& output)
      : room_(options(lab, sources, output)) {}

  struct Job {
    Kind kind;
    std::vector<std::string> arguments;
    int status = 0;
    std::string messages;
  };
  void run(std::vector<Job>& jobs);
  std::string place(const std::string& name) const { return room_.place(name); }

 private:
  static room::Options options(const Lab& lab, const fs::path& sources, const fs::path& output) {
    room::Options options;
    options.limits.processes = 256;
    options.limits.memory = std::size_t{8} << 30;
    options.limits.cpu_seconds = 120;
    options.limits.scratch = std::size_t{1} << 30;
    options.binds = {{sources, "src"}, {source_root() / "harness/lab", "include"}};
    if (lab.races) options.binds.emplace_back(race_runtime(), kRuntime);
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
    launch.argv = job.kind == Kind::plain ? std::vector<std::string>{compiler()}
                                          : instrumented(compiler(), job.arguments, room_.place(kRuntime));
    if (job.kind == Kind::plain)
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

/// Watched ones are files of a name that no program and no source has.
std::string made_name(Kind kind, const std::string& name) {
  return kind == Kind::plain ? name : name + ".watched";
}

std::string object_name(Kind kind, const std::string& source) {
  return made_name(kind, replaced(source, "/", "_")) + ".o";
}

/// One source, in one kind, that is not among the objects that are kept.
struct Compiling {
  Kind kind;
  std::string source;
  fs::path kept;
};

Workshop::Job job_of(const Compiling& compiling, const Workshop& workshop) {
  Workshop::Job job{compiling.kind, kFlags, 0, ""};
  if (compiling.kind == Kind::watched) job.arguments.emplace_back("-w");  // they are told once
  for (const std::string& argument :
       {"-I" + workshop.place("include"), std::string("-c"), workshop.place("src") + "/" + compiling.source,
        std::string("-o"), workshop.place("out") + "/" + object_name(compiling.kind, compiling.source)})
    job.arguments.push_back(argument);
  return job;
}

void compile(const Variant& variant, Workshop& workshop, const fs::path& output, Built& built) {
  std::vector<Workshop::Job> jobs;
  std::vector<Compiling> missing;
  for (const Kind kind : kinds(variant.lab))
    for (const auto& [name, text] : variant.files) {
      if (!is_source(name)) continue;
      const fs::path kept = build_root() / "objects" / (key_of(variant, {name}, {kind}) + ".o");
      if (fs::exists(kept)) {
        fs::copy_file(kept, output / object_name(kind, name));
        continue;
      }
      missing.push_back({kind, name, kept});
      jobs.push_back(job_of(missing.back(), workshop));
    }
  workshop.run(jobs);
  built.compiled = true;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    built.compiled = built.compiled && jobs[i].status == 0;
    if (jobs[i].kind == Kind::plain || (jobs[i].status != 0 && built.messages.empty()))
      built.messages += replaced(jobs[i].messages, workshop.place("src") + "/", variant.shown);
    // An object that came with warnings is compiled again, so that they are not lost.
    if (jobs[i].status == 0 && jobs[i].messages.empty())
      keep(output / object_name(missing[i].kind, missing[i].source), missing[i].kept);
  }
}

void link(const Variant& variant, Workshop& workshop, Built& built) {
  std::vector<Workshop::Job> jobs;
  for (const Kind kind : kinds(variant.lab))
    for (const std::string& program : variant.lab.programs) {
      Workshop::Job job{
          kind, {"-pthread", "-o", workshop.place("out") + "/" + made_name(kind, program)}, 0, ""};
      for (const std::string& source : sources_of(variant, program))
        job.arguments.push_back(workshop.place("out") + "/" + object_name(kind, source));
      job.arguments.push_back("-lrt");
      jobs.push_back(std::move(job));
    }
  workshop.run(jobs);
  for (const auto& job : jobs) {
    built.compiled = built.compiled && job.status == 0;
    if (job.kind == Kind::plain || job.status != 0) built.messages += job.messages;
  }
}

void take_programs(const Lab& lab, const fs::path& output, const fs::path& to) {
  for (const Kind kind : kinds(lab)) {
    const fs::path directory = kind == Kind::plain ? to : to / race::kWatchedPrograms;
    fs::create_directories(directory);
    for (const std::string& program : lab.programs) {
      fs::copy_file(output / made_name(kind, program), directory / program,
                    fs::copy_options::overwrite_existing);
      fs::permissions(directory / program, fs::perms(0755));
    }
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
  const fs::path place = build_root() / "variants" / variant.lab.name / key_of(variant);
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
  Workshop workshop(variant.lab, sources, output);
  compile(variant, workshop, output, built);
  if (built.compiled) link(variant, workshop, built);
  if (!built.compiled) return built;
  const fs::path beside = place.string() + fmt::format(".{}", ::getpid());
  take_programs(variant.lab, output, beside);
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
