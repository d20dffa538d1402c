#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>

#include "cli/commands.hpp"
#include "cli/errors.hpp"

namespace ipclab::cli {
namespace {

constexpr char kBash[] = R"sh(# Completion for ipclab. In ~/.bashrc:  source <(path/to/ipclab completion bash)
_ipclab() {
  local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} root labs
  root=$(dirname "$(readlink -f "$(command -v "${COMP_WORDS[0]}")")")
  labs=$(cd "$root/labs" 2>/dev/null && ls -d [0-9][0-9]-*/ | tr -d /)
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "@COMMANDS@" -- "$current"))
    return
  fi
  case ${COMP_WORDS[COMP_CWORD - 1]} in
    --submission) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --json) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --wrong)
      COMPREPLY=($(compgen -W "$(cd "$root/tests/labs" && ls ${COMP_WORDS[2]}/wrong 2>/dev/null | sed 's/\.cpp$//')" -- "$current"))
      return ;;
  esac
  case $command in
    check) labs="$labs --solution --submission --wrong --seed --json --verbose --jobs" ;;
    matrix) labs="$labs --only --repeat --jobs" ;;
    hint | reset)
      if [ "$COMP_CWORD" -eq 3 ]; then
        labs=$(sed -n 's,.*// TODO(\([0-9]*\)).*,\1,p' "$root/labs/${COMP_WORDS[2]}"/src/*.cpp 2>/dev/null)
      fi ;;
    diff | watch) ;;
    why) COMPREPLY=($(compgen -W "--json --for --" -- "$current") $(compgen -c -- "$current")); return ;;
    completion) labs=bash ;;
    *) labs= ;;
  esac
  COMPREPLY=($(compgen -W "$labs" -- "$current"))
}
complete -F _ipclab ipclab ./ipclab
)sh";

}  // namespace

void add_completion(CLI::App& app, Action& action) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "a script that completes ipclab's words in a shell");
  command->add_option("SHELL", *shell)->required()->check(CLI::IsMember({"bash"}));
  command->callback([&app, &action] {
    action = [&app] {
      std::string names, script = kBash;
      for (const CLI::App* sub : app.get_subcommands({}))
        names += (names.empty() ? "" : " ") + sub->get_name();
      script.replace(script.find("@COMMANDS@"), 10, names);
      fmt::print("{}", script);
      return kAllPass;
    };
  });
}

}  // namespace ipclab::cli
