// A lab's sources in one of the forms in which they are built and checked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/project.hpp"

namespace ipclab::cli {

struct Variant {
  Lab lab;
  std::string label;  // "" the learner's own; "solution"; "submission"; "wrong 02-…"; "right …"
  std::string shown;  // directory that the compiler's messages name: "labs/01-pipe/src/"
  std::map<std::string, std::string> files;  // by name below src/
};

/// What a wrong variant says of itself in its first lines.
struct Wrong {
  std::string name;                   // "02-forgets-unlink"
  std::string fails;                  // the check that must catch it
  std::vector<std::string> causes;    // one of these must be named
  std::map<int, std::string> bodies;  // by TODO
};

Variant learners(const Lab& lab);
Variant solution(const Lab& lab);
/// Files of DIR, DIR/src or DIR/LAB[/src] that replace those with TODOs; everything else stays ours. Throws
/// UsageError.
Variant submission(const Lab& lab, const fs::path& directory);
Variant wrong(const Lab& lab, const Wrong& wrong);
Variant right(const Lab& lab, const std::string& name);
/// The skeleton: the solution with every body emptied.
Variant skeleton(const Lab& lab);

std::vector<Wrong> all_wrong(const Lab& lab);
Wrong find_wrong(const Lab& lab, const std::string& name);  // throws UsageError
std::vector<std::string> all_right(const Lab& lab);

/// Names of the files with regions.
std::vector<std::string> learner_files(const Lab& lab);

}  // namespace ipclab::cli
