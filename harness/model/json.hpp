// The model as JSON. The schema is written down in harness/report/schema.json.
// Reading throws nlohmann::json::exception on a value of the wrong form.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model/result.hpp"
#include "model/snapshot.hpp"

namespace ipclab {

void to_json(nlohmann::json&, const CheckInfo&);
void from_json(const nlohmann::json&, CheckInfo&);
void to_json(nlohmann::json&, const Finding&);
void from_json(const nlohmann::json&, Finding&);
void to_json(nlohmann::json&, const CheckResult&);
void from_json(const nlohmann::json&, CheckResult&);
void to_json(nlohmann::json&, const LabResult&);
void from_json(const nlohmann::json&, LabResult&);
void to_json(nlohmann::json&, const Snapshot&);

}  // namespace ipclab
