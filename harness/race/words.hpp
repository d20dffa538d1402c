// Reports in the words of the harness's findings.
#pragma once

#include "model/finding.hpp"
#include "race/reader.hpp"

namespace ipclab::race {

/// For scripts: "RACE ring.cpp:12 ring.cpp:30 /ring+0x8".
std::string first_line(const Report& report);

ipclab::Finding finding(const Report& report);

/// The last steps of the schedule before the first report, a column for each task; "" where there was no
/// scheduler.
std::string interleaving(const Reports& reports);

}  // namespace ipclab::race
