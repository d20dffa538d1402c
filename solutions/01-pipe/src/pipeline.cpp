// Lab 01-pipe: runs a pipeline.
//
// The processes: the runner and one child per stage. The pipes: one from each stage to the next, all made
// before the first child, so every process starts with both ends of every pipe, and each has to let go of
// what is not its own. How it ends: a stage that has nothing more to write ends; when nobody holds the pipe's
// write end any more, the next stage reads end-of-file and ends too. A stage whose reader has left is ended
// by SIGPIPE. The runner waits for all.

#include "pipeline.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "ipclab/not_done.hpp"

namespace {

using ipclab::not_done;

struct Pipe {
  int read_end = -1, write_end = -1;
};

void complain(const std::string& who) {
  std::fprintf(stderr, "pipeline: %s: %s\n", who.c_str(), std::strerror(errno));
}

class Runner {
 public:
  explicit Runner(const std::vector<Stage>& stages) : stages_(stages) {}

  int run() {
    make_pipes();
    int error = 0;
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      const pid_t child = start(i);
      if (child <= 0) {
        error = errno;
        break;
      }
      children_.push_back(child);
    }
    const int status = finish();
    if (error != 0) throw std::system_error(error, std::generic_category(), "no process for a stage");
    return status;
  }

 private:
  /// pipes_[i] leads from stage i to stage i + 1.
  void make_pipes() {
    while (pipes_.size() + 1 < stages_.size()) {
      int ends[2];
      if (::pipe(ends) != 0)
        throw std::system_error(errno, std::generic_category(), "no pipe between two stages");
      pipes_.push_back({ends[0], ends[1]});
    }
  }

  int input_of(std::size_t i) const { return i == 0 ? STDIN_FILENO : pipes_[i - 1].read_end; }
  int output_of(std::size_t i) const { return i == pipes_.size() ? STDOUT_FILENO : pipes_[i].write_end; }

  /// Starts stage i in a child. Returns the child's number at once; -1, with errno set, when there is none.
  pid_t start(std::size_t i) {
    std::vector<char*> argv = argv_of(stages_[i]);
    // TODO(1): Fork. The parent returns what fork() gave it. The child calls enter(i) and then becomes the
    // program argv[0], looked up in PATH. Where that cannot be, it says why with complain(argv[0]) and ends
    // with status 127.
    const pid_t child = ::fork();
    if (child != 0) return child;
    enter(i);
    ::execvp(argv[0], argv.data());
    complain(argv[0]);
    ::_exit(127);
    // END(1)
  }

  /// In the parent, after the last start(): waits until every stage has ended; the status is the last one's.
  int finish() {
    int status = 0;
    // TODO(2): Close what this process holds of pipes_. Then wait for each of children_, in any order, and
    // give status what the last stage came to: its exit status, or 128 + N when signal N ended it.
    for (const Pipe& pipe : pipes_) {
      ::close(pipe.read_end);
      ::close(pipe.write_end);
    }
    for (const pid_t child : children_) {
      int how = 0;
      while (::waitpid(child, &how, 0) < 0 && errno == EINTR) continue;
      status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
    }
    // END(2)
    return status;
  }

  /// In the child of stage i: all that comes before its program. The built-in stage has none and ends here.
  void enter(std::size_t i) {
    connect(input_of(i), output_of(i));
    if (stages_[i][0] == kCount) ::_exit(count());
  }

  /// In a child: makes `in` its standard input and `out` its standard output.
  void connect(int in, int out) {
    if (in == STDIN_FILENO && out == STDOUT_FILENO) return;  // a stage alone keeps what the runner has
    // TODO(3): Make `in` descriptor 0 and `out` descriptor 1. Then close every descriptor that this stage was
    // not meant to have: it inherited all of pipes_.
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    for (const Pipe& pipe : pipes_) {
      ::close(pipe.read_end);
      ::close(pipe.write_end);
    }
    // END(3)
  }

  /// The built-in stage @count; returns its exit status.
  static int count() {
    const long long bytes = copy_input_to_output();
    if (bytes < 0) complain(kCount);
    else std::fprintf(stderr, "pipeline: %lld bytes\n", bytes);
    return bytes < 0 ? 1 : 0;
  }

  /// Until the input ends. Returns how many bytes there were; -1, with errno set, when a call failed.
  static long long copy_input_to_output() {
    // TODO(4): Read from descriptor 0 and write to descriptor 1 what has come, until end-of-file. A write may
    // take only a part of what it is given. A signal may interrupt either call (EINTR): that is no failure.
    char buffer[16384];
    long long copied = 0;
    for (;;) {
      const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
      if (got == 0) return copied;
      if (got < 0 && errno != EINTR) return -1;
      for (ssize_t done = 0; done < got;) {
        const ssize_t taken = ::write(STDOUT_FILENO, buffer + done, static_cast<std::size_t>(got - done));
        if (taken < 0 && errno != EINTR) return -1;
        if (taken > 0) done += taken;
      }
      if (got > 0) copied += got;
    }
    // END(4)
  }

  /// As exec wants it: pointers to the words, and a null pointer behind them.
  static std::vector<char*> argv_of(const Stage& stage) {
    std::vector<char*> argv;
    for (const std::string& word : stage) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    return argv;
  }

  const std::vector<Stage>& stages_;
  std::vector<Pipe> pipes_;
  std::vector<pid_t> children_;
};

}  // namespace

int run_pipeline(const std::vector<Stage>& stages) { return Runner(stages).run(); }
