// What the terminal in front of us can do, and a line on it that tells how far a long work is.
#pragma once

#include <string>

#include "report/terminal.hpp"

namespace ipclab::cli {

/// Colours only on a terminal, and not when NO_COLOR is set (https://no-color.org).
report::Style terminal_style(int fd);

int default_jobs();    // the cores that we may use
int default_checks();  // at the same time: more than that, for most of its time a check waits

/// "01-pipe 5/21", redrawn in place on standard error; nothing when that is no terminal.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress() { clear(); }
  void show(int done, int of);
  void clear();

 private:
  std::string what_;
  bool on_terminal_, shown_ = false;
};

}  // namespace ipclab::cli
