// The contract of lab 01-pipe: a pipeline of processes, as a shell runs `ls / | grep etc | wc -l`.
#pragma once

#include <string>
#include <vector>

/// One stage: a program and its arguments, never empty. The program is looked up in PATH when it has no
/// slash. A stage whose only word is kCount is not a program but part of the runner (rule S7 of the handout).
using Stage = std::vector<std::string>;

inline constexpr char kCount[] = "@count";

/// Runs the stages, at least one, all at the same time, each in a child process of the caller. The first
/// reads the caller's standard input, the last writes the caller's standard output, and a pipe leads from
/// each to the next.
///
/// Waits until every stage has ended. Returns what the last one came to: its exit status, or 128 + N when
/// signal N ended it.
///
/// Throws std::system_error when the system gives no pipe or no process; by then no stage is left.
int run_pipeline(const std::vector<Stage>& stages);
