// One failure in full: expected, observed, evidence, because, next. Internal to report/.
#pragma once

#include <string>
#include <vector>

#include "model/result.hpp"
#include "report/paint.hpp"
#include "report/terminal.hpp"

namespace ipclab::report {

/// "  expected  …" with the text wrapped beside the label.
std::string labelled(const std::string& label, const std::string& text, const Style& style);

/// Rows in three columns, each line behind `indent` spaces.
std::string table(const std::vector<Row>& rows, std::size_t indent, const Style& style);

/// Everything below the first line of a failed check.
std::string message(const CheckResult& result, const std::string& lab, const Style& style);

/// What the programs did, in order of time.
std::string events(const CheckResult& result, const Style& style);

/// What the learner's programs printed besides.
std::string printed(const CheckResult& result, const Style& style);

}  // namespace ipclab::report
