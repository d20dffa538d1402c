#include "model/result.hpp"

#include <algorithm>
#include <numeric>

namespace ipclab {

int LabResult::earned() const {
  return std::accumulate(checks.begin(), checks.end(), 0,
                         [](int sum, const CheckResult& check) { return sum + check.earned(); });
}

int LabResult::points() const {
  return std::accumulate(checks.begin(), checks.end(), 0,
                         [](int sum, const CheckResult& check) { return sum + check.info.points; });
}

bool LabResult::all_pass() const {
  return compiled &&
         std::ranges::all_of(checks, [](const auto& check) { return check.status == Status::pass; });
}

bool LabResult::any_error() const {
  return std::ranges::any_of(checks, [](const auto& check) { return check.status == Status::error; });
}

std::string to_string(Status status) {
  switch (status) {
    case Status::pass:
      return "PASS";
    case Status::fail:
      return "FAIL";
    case Status::todo:
      return "TODO";
    case Status::skip:
      return "SKIP";
    case Status::error:
      return "ERROR";
  }
  return "?";
}

}  // namespace ipclab
