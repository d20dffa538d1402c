#include "cli/preamble.hpp"

#include <fmt/format.h>

#include <regex>
#include <sstream>

#include "base/file.hpp"
#include "cli/compilation.hpp"
#include "cli/cxx.hpp"

namespace ipclab::cli {
namespace {

constexpr char kText[] = "preamble.hpp";  // beside it, what is compiled of it: g++ finds that by its name
constexpr char kCompiled[] = "preamble.hpp.gch";
constexpr std::uintmax_t kFreeDisk = std::uintmax_t{1} << 30;  // bytes, below which none is made

/// The lines of the learners' file that can be taken in the place of the source's own. Where the solutions
/// are not given out nobody knows that file as it was: its own.
std::string shared_preamble(const Variant& variant, const std::string& source) {
  if (is_clang()) return "";                             // it wants the files' times, too
  if (source.find('/') != std::string::npos) return "";  // its "…" are looked for elsewhere
  const Variant given = fs::is_directory(variant.lab.solution()) ? skeleton(variant.lab) : variant;
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

Preamble::Preamble(const Variant& variant, Kind kind, const std::string& source)
    : kind_(kind), text_(shared_preamble(variant, source)) {
  if (text_.empty()) return;
  key_ = key_of_preamble(variant, text_, kind);
  if (is_kept(preambles() / key_)) state_ = State::kept;
  else if (fs::space(build_root()).available > kFreeDisk) state_ = State::wanted;
}

std::vector<std::string> Preamble::arguments_to_use(const Workshop& workshop) const {
  if (state_ != State::kept) return {};
  return {"-iquote", workshop.place("src"), "-include",
          fmt::format("{}/{}/{}", workshop.place("preambles"), key_, kText)};
}

CompilerJob Preamble::job_to_make(const Workshop& workshop) const {
  const fs::path directory = workshop.output() / key_;
  fs::create_directory(directory);
  fs::permissions(directory, fs::perms(0777));
  write_file(directory / kText, text_);
  const std::string made = fmt::format("{}/{}/", workshop.place("out"), key_);
  CompilerJob job{kind_, compiler_flags(), 0, ""};
  job.arguments.insert(job.arguments.end(),
                       {"-I" + workshop.place("include"), "-iquote", workshop.place("src"), "-x",
                        "c++-header", made + kText, "-o", made + kCompiled});
  return job;
}

void Preamble::keep_from(const Workshop& workshop) const {
  keep(workshop.output() / key_, preambles() / key_);
}

}  // namespace ipclab::cli
