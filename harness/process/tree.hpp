// A program of our own or of the machine, with everything that it starts, as one thing that can be waited for
// and ended. Between it and us stands a keeper (keeper.hpp), so the tree is whole whatever the program does.
//
// Owns the keeper, its pidfd and two pipes; the destructor ends the tree and returns when it is gone. The
// caller keeps the descriptors that it passes. Errors: std::system_error with execve's errno (ENOENT, EACCES
// …).
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ipclab::process {

class Tree {
 public:
  struct Start {
    std::vector<std::string> argv;                                 // argv[0] is looked up in PATH
    std::vector<std::pair<std::string, std::string>> environment;  // added to, or replacing, our own
    std::filesystem::path directory;                               // empty: ours
    std::vector<int> streams = {0, 1, 2};  // become 0, 1, 2, …; every other descriptor is closed
    bool own_session = true;               // out of reach of the terminal's signals, and without the terminal
    bool outlives = false;                 // the tree may go on after the program's end
  };

  explicit Tree(const Start& start);
  ~Tree();
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  pid_t program() const;
  pid_t keeper() const;
  /// Readable when nobody of the tree is left.
  int gone_fd() const;
  bool gone();
  /// Readable (or hung up) when status() has something new to say.
  int status_fd() const;
  /// As of waitpid(2), from the moment the program has ended.
  std::optional<int> status();
  /// Has the keeper kill everybody; see gone_fd().
  void end();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ipclab::process
