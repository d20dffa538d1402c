// The contract of lab 02-fifo: a log that unrelated programs write to through a FIFO. Given, not to be
// changed.
//
// Every function that fails throws std::system_error with the errno of the call that failed. A call that a
// signal has interrupted (EINTR) has not failed.
#pragma once

#include <climits>
#include <cstddef>
#include <string>

/// Of a record, with its newline: what write(2) puts into a pipe or FIFO in one piece (pipe(7), PIPE_BUF).
inline constexpr std::size_t kLongest = PIPE_BUF;

/// Writes `text`, which has no newline, and a newline as one record into the FIFO at `path`.
///
/// `wait`: sleeps until somebody has the FIFO open for reading, and while it is full. Otherwise fails at
/// once: with ENXIO where there is no reader, with EAGAIN where there is no room. EMSGSIZE: the record is
/// longer than kLongest; nothing is written. EPIPE: the reader has left in between.
void send_record(const std::string& path, const std::string& text, bool wait);

/// The collector, from beginning to end. Makes a FIFO at `path`, or takes the one that is there, and appends
/// what comes through it to the file `out`. Returns after SIGTERM, which the caller has blocked, when the
/// FIFO's name is gone and the last writer has left.
///
/// EEXIST: at `path` is something that is no FIFO; it is left as it is.
void collect(const std::string& path, const std::string& out);
