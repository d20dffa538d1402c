// What the matrix expects of a lab's forms: the skeleton is TODO everywhere, what is right passes everything,
// what is wrong is caught by the check that it names, with the cause that it names. Results in, problems out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/variant.hpp"
#include "model/result.hpp"

namespace ipclab::cli {

class Expectations {
 public:
  /// `whole`: every check of a lab is run, not only the one that a wrong variant names.
  explicit Expectations(bool whole) : whole_(whole) {}

  void of_skeleton(const LabResult& result);
  void of_right(const LabResult& result);
  void of_wrong(const Wrong& variant, const LabResult& result);
  void add(std::string problem) { problems_.push_back(std::move(problem)); }

  /// Sentences; empty when everything is as it should be.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  /// What is our fault in any form. False: it did not compile, and there is nothing else to judge.
  bool of_any(const LabResult& result);
  void of_warnings(const LabResult& result);
  /// Two mistakes that make everything fail in the same way are one: the second proves nothing of the checks.
  void of_wholesale(const LabResult& result, const CheckResult& named);
  void add(const LabResult& result, const std::string& what);

  bool whole_;
  std::vector<std::string> problems_;
  std::map<std::string, std::string> wholesale_;  // the named check's words; the variant
};

}  // namespace ipclab::cli
