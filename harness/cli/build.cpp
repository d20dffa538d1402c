#include "cli/build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/file.hpp"
#include "cli/compilation.hpp"
#include "cli/errors.hpp"
#include "cli/kept.hpp"
#include "cli/preamble.hpp"
#include "cli/workshop.hpp"
#include "race/recording.hpp"

namespace ipclab::cli {
namespace {

constexpr char kMessages[] = ".messages";  // the warnings, kept beside the programs

fs::path objects() { return build_root() / "objects"; }

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

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
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
  const auto preamble = compiling.preamble.arguments_to_use(workshop);
  job.arguments.insert(job.arguments.end(), preamble.begin(), preamble.end());
  job.arguments.insert(
      job.arguments.end(),
      {"-I" + workshop.place("include"), "-c", workshop.place("src") + "/" + compiling.source, "-o",
       workshop.place("out") + "/" + object_name(compiling.kind, compiling.source)});
  return job;
}

/// Copies the objects that are kept, and names the others.
std::vector<Compiling> missing_objects(const Variant& variant, const Kinds& kinds, const Workshop& workshop) {
  std::vector<Compiling> missing;
  for (const Kind kind : kinds)
    for (const auto& [name, text] : variant.files) {
      if (!is_source(name)) continue;
      const fs::path kept = objects() / (key_of_object(variant, name, kind) + ".o");
      if (is_kept(kept)) fs::copy_file(kept, workshop.output() / object_name(kind, name));
      else missing.push_back({kind, name, kept, Preamble(variant, kind, name)});
    }
  return missing;
}

/// Those that are wanted, each once: two sources may begin in the same way.
std::vector<const Preamble*> wanted_preambles(const std::vector<Compiling>& missing) {
  std::map<std::string, const Preamble*> by_key;
  for (const Compiling& compiling : missing)
    if (compiling.preamble.is_wanted()) by_key.try_emplace(compiling.preamble.key(), &compiling.preamble);
  std::vector<const Preamble*> wanted;
  for (const auto& [key, preamble] : by_key) wanted.push_back(preamble);
  return wanted;
}

void compile(const Variant& variant, const Kinds& kinds, Workshop& workshop, Built& built) {
  const std::vector<Compiling> missing = missing_objects(variant, kinds, workshop);
  const std::vector<const Preamble*> wanted = wanted_preambles(missing);
  std::vector<CompilerJob> jobs;  // objects first; preambles for the next time
  for (const Compiling& compiling : missing) jobs.push_back(job_of(compiling, workshop));
  for (const Preamble* preamble : wanted) jobs.push_back(preamble->job_to_make(workshop));
  workshop.run(jobs);
  built.compiled = true;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const CompilerJob& job = jobs[i];
    built.compiled = built.compiled && job.status == 0;
    if (job.kind == Kind::plain || (job.status != 0 && built.messages.empty()))
      built.messages += replaced(job.messages, workshop.place("src") + "/", variant.shown);
    // An object that came with warnings is compiled again, so that they are not lost.
    if (job.status == 0 && job.messages.empty())
      keep(workshop.output() / object_name(missing[i].kind, missing[i].source), missing[i].kept);
  }
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (jobs[missing.size() + i].status == 0) wanted[i]->keep_from(workshop);
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

/// The programs and what the compiler said, as they are kept.
void lay_out(const Built& built, const Lab& lab, const Kinds& kinds, const fs::path& output,
             const fs::path& to) {
  for (const Kind kind : kinds) {
    const fs::path directory = kind == Kind::plain ? to : to / race::kWatchedPrograms;
    fs::create_directory(directory);
    for (const std::string& program : lab.programs) {
      fs::rename(output / made_name(kind, program), directory / program);
      fs::permissions(directory / program, fs::perms(0755));
    }
  }
  if (!built.messages.empty()) write_file(to / kMessages, built.messages);
}

}  // namespace

Built build(const Variant& variant, bool watched) try {
  const Kinds kinds = watched ? Kinds{Kind::plain, Kind::watched} : Kinds{Kind::plain};
  const fs::path place = build_root() / "variants" / variant.lab.name / key_of_programs(variant, kinds);
  Built built{false, "", place};
  if (is_kept(place)) {
    built.compiled = true;
    built.messages = try_read_file(place / kMessages).value_or("");
    return built;
  }
  for (const fs::path& needed : {fs::temp_directory_path(), build_root()}) require_disk(needed);
  Workshop workshop(variant);
  compile(variant, kinds, workshop, built);
  if (built.compiled) link(variant, kinds, workshop, built);
  if (!built.compiled) return built;
  const Scratch programs;
  lay_out(built, variant.lab, kinds, workshop.output(), programs.path());
  keep(programs.path(), place);
  for (const fs::path& kept : {objects(), preambles(), place.parent_path()}) drop_unused(kept);
  return built;
} catch (const fs::filesystem_error& error) {
  if (error.code() == std::errc::no_space_on_device)
    throw UsageError("the disk is full: " + std::string(error.what()));
  throw MachineError(error.what());
}

}  // namespace ipclab::cli
