// Results as text for a person. No process, no clock, no terminal query: the caller says what the terminal
// can do.
#pragma once

#include <string>
#include <vector>

#include "detect/verdict.hpp"
#include "model/result.hpp"

namespace ipclab::report {

struct Style {
  bool colours = false;
  int width = 100;       // columns
  bool verbose = false;  // every event in order of time, and every failure in full
  bool slides = true;    // the lab has a deck to name
};

/// The whole report of a lab: a line per check, the first failure in full, the sum. Ends with a newline.
std::string lab(const LabResult& result, const Style& style);

/// One check: its line, and its message in full when `in_full`.
std::string check(const CheckResult& result, const std::string& lab, const Style& style, bool in_full);

/// Several labs: a line for each and the sum.
std::string summary(const std::vector<LabResult>& labs, const Style& style);

/// A finding that belongs to no check: expected, observed, the evidence, because.
std::string finding(const Finding& finding, const Style& style);

/// `ipclab why`: first line for scripts, then the graph.
std::string verdict(const detect::Verdict& verdict, const Style& style);

}  // namespace ipclab::report
