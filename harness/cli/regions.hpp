// The numbered regions that a learner fills in:
//     // TODO(2): what to do, in a sentence or two,
//     // over as many comment lines as it takes
//     not_done(2);
//     // END(2)
// Everything between the comment and END is the body. Outside the bodies skeleton and solution are identical.
#pragma once

#include <string>
#include <vector>

namespace ipclab::cli {

struct Region {
  int number = 0;
  std::string task;                 // the comment's text
  std::size_t first = 0, last = 0;  // lines of the body, from 0: [first, last)
  std::string indent;               // of the TODO line
};

/// `name` is for the error: a std::runtime_error "pipeline.cpp:31: TODO(2) has no END(2)".
std::vector<Region> find_regions(const std::string& text, const std::string& name);

std::string body_of(const std::string& text, const Region& region);

/// The text with this region's body replaced.
std::string with_body(const std::string& text, int number, const std::string& body, const std::string& name);
/// … and with every body as in the skeleton.
std::string emptied(const std::string& text, const std::string& name);
/// The body in a skeleton: "<indent>not_done(2);\n".
std::string empty_body(const Region& region);

/// The text without the bodies: equal for skeleton and solution.
std::string frame_of(const std::string& text, const std::string& name);

}  // namespace ipclab::cli
