// The subcommands of ipclab, one file each: add_NAME declares it; when it is the one that was typed, `action`
// becomes what it does and gives the exit status.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace ipclab::cli {

using Action = std::function<int()>;

void add_list(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_watch(CLI::App& app, Action& action);
void add_hint(CLI::App& app, Action& action);
void add_diff(CLI::App& app, Action& action);
void add_reset(CLI::App& app, Action& action);
void add_why(CLI::App& app, Action& action);
void add_matrix(CLI::App& app, Action& action);
void add_doctor(CLI::App& app, Action& action);
void add_test(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);
void add_cxx(CLI::App& app, Action& action);
void add_race(CLI::App& app, Action& action);
void add_completion(CLI::App& app, Action& action);

}  // namespace ipclab::cli
