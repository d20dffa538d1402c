// ipclab c++: the compiler, such that what it makes can be run under `ipclab race`. Compiles with the
// compiler's calls for every access, and links our runtime in the place of the sanitizer's own.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "cli/commands.hpp"
#include "cli/cxx.hpp"
#include "cli/errors.hpp"
#include "process/run.hpp"

namespace ipclab::cli {
namespace {

bool has(const std::vector<std::string>& arguments, const std::string& wanted) {
  return std::ranges::find(arguments, wanted) != arguments.end();
}

bool links(const std::vector<std::string>& arguments) {
  return std::ranges::none_of(std::vector<std::string>{"-c", "-S", "-E", "-M", "-MM", "-fsyntax-only", "-r",
                                                       "c-header", "c++-header"},  // of -x
                              [&](const std::string& stop) { return has(arguments, stop); });
}

/// A shared library takes the runtime of the program that loads it.
std::vector<std::string> runtime_of(const std::vector<std::string>& arguments, bool clang,
                                    const std::string& runtime) {
  std::vector<std::string> all{clang ? "-fno-sanitize-link-runtime" : "-nodefaultlibs"};
  if (!has(arguments, "-shared"))
    for (const std::string& part : {std::string("-Wl,--whole-archive"), runtime,
                                    std::string("-Wl,--no-whole-archive"), std::string("-rdynamic")})
      all.push_back(part);
  if (!clang)  // what g++ would have linked, but for its sanitizer's library
    for (const char* library : {"-lstdc++", "-lm", "-lgcc_s", "-lgcc", "-lc", "-lgcc_s", "-lgcc"})
      all.emplace_back(library);
  return all;
}

}  // namespace

std::string cxx() {
  const char* chosen = std::getenv("CXX");
  return chosen && *chosen ? chosen : "c++";
}

const std::string& compiler_version() {
  static const std::string version = [] {
    try {
      const auto outcome =
          process::run({{cxx(), "--version"}, {}, {}, "", 1 << 16, std::chrono::seconds(30), false});
      if (outcome.ok()) return outcome.out.substr(0, outcome.out.find('\n'));
    } catch (const std::system_error&) {
    }
    throw UsageError(
        fmt::format("there is no C++ compiler: {} cannot be run (install g++, or name one in CXX)", cxx()));
  }();
  return version;
}

bool is_clang() { return compiler_version().find("clang") != std::string::npos; }

namespace {

/// Of g++: fences are seen by our runtime. It would expand these functions without counting their accesses,
/// also those that the standard library's headers ask for by their inner names.
std::vector<std::string> flags_of_gcc() {
  std::vector<std::string> all{"-Wno-tsan", "-mmemcpy-strategy=libcall:-1:align",
                               "-mmemset-strategy=libcall:-1:align"};
  for (const char* name :
       {"memcpy", "memmove", "memset", "memcmp", "mempcpy", "bcopy", "bzero", "strcmp", "strncmp", "strlen",
        "strcpy", "stpcpy", "strncpy", "strcat", "strncat", "sprintf", "snprintf", "strchr", "strstr"})
    all.push_back(fmt::format("-fno-builtin-{}", name));
  for (const char* name : {"memcpy", "memmove", "memset"})
    all.push_back(fmt::format(
        "-D__builtin_{0}(to,from,size)=__builtin_{0}(to,from,(size)+!__builtin_return_address(0))", name));
  for (const char* merging : {"-fno-crossjumping", "-fno-tree-tail-merge", "-fno-code-hoisting"})
    all.emplace_back(merging);  // as below
  return all;
}

/// An access that stands at two lines must not become one of no line.
std::vector<std::string> flags_of_clang() {
  std::vector<std::string> all;
  for (const char* merging : {"-simplifycfg-sink-common=false", "-simplifycfg-hoist-common=false",
                              "-simplifycfg-merge-cond-stores=false", "-enable-tail-merge=false"})
    all.insert(all.end(), {"-mllvm", merging});
  return all;
}

}  // namespace

std::filesystem::path race_runtime() { return IPCLAB_RACE_RUNTIME; }

std::vector<std::string> instrumented(const std::vector<std::string>& arguments, const std::string& runtime) {
  if (has(arguments, "-static") || has(arguments, "-static-pie"))
    throw UsageError("a statically linked program cannot be watched: leave out -static");
  if (has(arguments, "-static-libstdc++"))  // its functions could not be interposed
    throw UsageError(
        "a program with a C++ library of its own cannot be watched: leave out -static-libstdc++");
  const bool clang = is_clang();
  std::vector<std::string> all{cxx(), "-g", "-fsanitize=thread", "-pthread"};
  for (std::string& flag : clang ? flags_of_clang() : flags_of_gcc()) all.push_back(std::move(flag));
  all.insert(all.end(), arguments.begin(), arguments.end());
  all.emplace_back("-U_FORTIFY_SOURCE");  // it asks for other forms of the same functions
  if (clang)  // which tells nobody of accesses of more than 16 bytes; an -O would ask for vectors again
    all.insert(all.end(), {"-fno-vectorize", "-fno-slp-vectorize"});
  if (!links(arguments)) return all;
  for (std::string& part : runtime_of(arguments, clang, runtime)) all.push_back(std::move(part));
  return all;
}

void add_cxx(CLI::App& app, Action& action) {
  CLI::App* command =
      app.add_subcommand("c++", "Compile and link a program so that `ipclab race` sees what it does");
  command->footer("ipclab c++ -std=c++20 -O1 counter.cpp -o counter\nThe compiler is $CXX, or c++.");
  command->prefix_command();
  command->callback([command, &action] {
    action = [arguments = command->remaining()] {
      if (arguments.empty()) throw UsageError("c++ takes a compiler's arguments");
      std::vector<std::string> all = instrumented(arguments);
      std::vector<char*> pointers;
      for (std::string& argument : all) pointers.push_back(argument.data());
      pointers.push_back(nullptr);
      ::execvp(pointers[0], pointers.data());
      throw MachineError(fmt::format("cannot run the compiler {}", all[0]));
      return kMachine;
    };
  });
}

}  // namespace ipclab::cli
