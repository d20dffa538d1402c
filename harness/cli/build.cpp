#include "cli/build.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "base/file.hpp"
#include "cli/compilation.hpp"
#include "cli/errors.hpp"
#include "cli/preamble.hpp"
#include "cli/workshop.hpp"
#include "race/recording.hpp"

namespace ipclab::cli {
namespace {

constexpr char kMessages[] = ".messages";  // the warnings, kept beside the programs

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
  Preamble preamble;
};

CompilerJob job_of(const Compiling& compiling, const Workshop& workshop) {
  CompilerJob job{compiling.kind, compiler_flags(), 0, ""};
  if (compiling.kind == Kind::watched) job.arguments.emplace_back("-w");  // they are told once
  for (const std::string& argument : compiling.preamble.arguments_to_use(workshop))
    job.arguments.push_back(argument);
  for (const std::string& argument :
       {"-I" + workshop.place("include"), std::string("-c"), workshop.place("src") + "/" + compiling.source,
        std::string("-o"), workshop.place("out") + "/" + object_name(compiling.kind, compiling.source)})
    job.arguments.push_back(argument);
  return job;
}

void compile(const Variant& variant, const Kinds& kinds, Workshop& workshop, const fs::path& output,
             Built& built) {
  std::vector<CompilerJob> jobs;
  std::vector<Compiling> missing;
  for (const Kind kind : kinds)
    for (const auto& [name, text] : variant.files) {
      if (!is_source(name)) continue;
      const fs::path kept = build_root() / "objects" / (key_of_object(variant, name, kind) + ".o");
      if (fs::exists(kept)) {
        fs::copy_file(kept, output / object_name(kind, name));
        continue;
      }
      missing.push_back({kind, name, kept, Preamble(variant, kind, name)});
      jobs.push_back(job_of(missing.back(), workshop));
    }
  std::map<std::string, const Preamble*> wanted;  // by key: two sources may begin in the same way
  for (const Compiling& compiling : missing)
    if (compiling.preamble.is_wanted()) wanted.try_emplace(compiling.preamble.key(), &compiling.preamble);
  for (const auto& [key, preamble] : wanted)  // at the same time as the rest, for the next time
    jobs.push_back(preamble->job_to_make(workshop, output));
  workshop.run(jobs);
  built.compiled = true;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    built.compiled = built.compiled && jobs[i].status == 0;
    if (jobs[i].kind == Kind::plain || (jobs[i].status != 0 && built.messages.empty()))
      built.messages += replaced(jobs[i].messages, workshop.place("src") + "/", variant.shown);
    // An object that came with warnings is compiled again, so that they are not lost.
    if (jobs[i].status == 0 && jobs[i].messages.empty())
      keep(output / object_name(missing[i].kind, missing[i].source), missing[i].kept);
  }
  auto made = jobs.begin() + static_cast<std::ptrdiff_t>(missing.size());
  for (const auto& [key, preamble] : wanted)
    if ((made++)->status == 0) preamble->keep(output);
}

void link(const Variant& variant, const Kinds& kinds, Workshop& workshop, Built& built) {
  std::vector<CompilerJob> jobs;
  for (const Kind kind : kinds)
    for (const std::string& program : variant.lab.programs) {
      CompilerJob job{
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

void take_programs(const Lab& lab, const Kinds& kinds, const fs::path& output, const fs::path& to) {
  for (const Kind kind : kinds) {
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

Built build(const Variant& variant, bool watched) try {
  const Kinds kinds = watched ? Kinds{Kind::plain, Kind::watched} : Kinds{Kind::plain};
  const fs::path place = build_root() / "variants" / variant.lab.name / key_of_programs(variant, kinds);
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
  fs::create_directories(preambles());
  Workshop workshop(sources, preambles(), output);
  compile(variant, kinds, workshop, output, built);
  if (built.compiled) link(variant, kinds, workshop, built);
  if (!built.compiled) return built;
  const fs::path beside = place.string() + fmt::format(".{}", ::getpid());
  take_programs(variant.lab, kinds, output, beside);
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
