// The process between us and a program that we start: sub-reaper of the program's whole tree, so that nothing
// the program starts can slip away by ending its parent, whatever we do meanwhile (prctl(2),
// PR_SET_CHILD_SUBREAPER).
//
//   we ── keeper ── program ── whatever it starts
//
// It lives until its tree is empty. It ends the tree when it is told to (a byte in, or the end of, `orders`:
// so also when we die), and, unless `outlives`, when the program has ended.
#pragma once

#include <sys/types.h>

namespace ipclab::process {

struct Keeping {
  int orders = -1;        // readable: end the tree
  int reports = -1;       // takes Reports
  bool outlives = false;  // the tree may go on after the program's end
};

struct Report {
  enum class Kind : int { started, ended } kind{};
  int value = 0;  // started: the program's pid; ended: its status as of waitpid(2)
};

/// Forks. Returns in the program-to-be, with the signal mask cleared; never returns in the keeper, which
/// closes every other descriptor. -1: the fork failed, errno says why. Only async-signal-safe calls: it may
/// run after a fork.
int become_kept(const Keeping& keeping);

}  // namespace ipclab::process
