#include "cli/preamble.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <regex>
#include <sstream>

#include "base/file.hpp"
#include "cli/compilation.hpp"

namespace ipclab::cli {
namespace {

constexpr char kText[] = "preamble.hpp";  // beside it, what is compiled of it: g++ finds that by its name
constexpr char kCompiled[] = "preamble.hpp.gch";
constexpr std::uintmax_t kFreeDisk = std::uintmax_t{1} << 30;  // bytes, below which none is made

/// The lines of the learners' file that can be taken in the place of the source's own.
std::string shared_preamble(const Variant& variant, const std::string& source) {
  if (compiler_version().find("clang") != std::string::npos) return "";  // it wants the files' times, too
  if (source.find('/') != std::string::npos) return "";                  // its "…" are looked for elsewhere
  const Variant given = skeleton(variant.lab);
  if (!given.files.contains(source) || headers(given) != headers(variant)) return "";
  const std::string preamble = preamble_of(given.files.at(source));
  return preamble_of(variant.files.at(source)).starts_with(preamble) ? preamble : "";
}

}  // namespace

std::string preamble_of(const std::string& source) {
  static const std::regex include(R"re(#include (<[\w./+-]+>|"[\w./+-]+")(\s*//.*[^\\])?\s*)re");
  static const std::regex nothing(R"(\s*(//(.*[^\\])?)?)");
  std::string preamble;
  std::istringstream lines(source);
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, include)) preamble += line + "\n";
    else if (!std::regex_match(line, nothing)) break;
  }
  return preamble;
}

fs::path preambles() { return build_root() / "preambles"; }

Preamble::Preamble(const Variant& variant, Kind kind, const std::string& source)
    : kind_(kind), text_(shared_preamble(variant, source)) {
  if (text_.empty()) return;
  key_ = key_of_preamble(variant, text_, kind);
  there_ = fs::exists(preambles() / key_);
  wanted_ = !there_ && fs::space(build_root()).available > kFreeDisk;
}

std::vector<std::string> Preamble::arguments_to_use(const Workshop& workshop) const {
  if (!there_) return {};
  return {"-iquote", workshop.place("src"), "-include",
          fmt::format("{}/{}/{}", workshop.place("preambles"), key_, kText)};
}

CompilerJob Preamble::job_to_make(const Workshop& workshop, const fs::path& output) const {
  fs::create_directory(output / key_);
  fs::permissions(output / key_, fs::perms(0777));
  write_file(output / key_ / kText, text_);
  const std::string made = fmt::format("{}/{}/", workshop.place("out"), key_);
  CompilerJob job{kind_, compiler_flags(), 0, ""};
  for (const std::string& argument :
       {"-I" + workshop.place("include"), std::string("-iquote"), workshop.place("src"), std::string("-x"),
        std::string("c++-header"), made + kText, std::string("-o"), made + kCompiled})
    job.arguments.push_back(argument);
  return job;
}

void Preamble::keep(const fs::path& output) const {
  const fs::path beside = (preambles() / key_).string() + fmt::format(".{}", ::getpid());
  fs::create_directories(beside);
  for (const char* name : {kText, kCompiled}) fs::copy_file(output / key_ / name, beside / name);
  std::error_code taken;  // another ipclab has put the same there meanwhile
  fs::rename(beside, preambles() / key_, taken);
  if (taken) fs::remove_all(beside);
}

}  // namespace ipclab::cli
