// Results for programs: one JSON document, schema in schema.json beside this file.
#pragma once

#include <string>
#include <vector>

#include "detect/verdict.hpp"
#include "model/result.hpp"
#include "model/snapshot.hpp"

namespace ipclab::report {

std::string to_json(const std::vector<LabResult>& labs);
std::string to_json(const detect::Verdict& verdict, const Snapshot& snapshot);

}  // namespace ipclab::report
