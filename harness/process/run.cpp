// Theory of operation. Each command is a Tree (tree.hpp); all of them share one event loop in the caller's
// thread: Boost.Asio reads the output streams, waits for the trees' pidfds and for the limits.
//
//   standard input   a memory file: nobody has to feed it, so nobody can wait for us to do so
//   output, result   pipes, read as bytes come
//
// A descriptor's wake-up may be a stale one, meant for an earlier owner of its number (Boost.Asio pools what
// it registers with epoll): every handler looks whether what it was called for is so, and waits again if not.
//
// It ends with the tree, not with end-of-file: when the keeper's pidfd says that nobody is left, what is in
// the pipes is read and that is all. A descriptor that went to a stranger can keep a pipe open but not keep
// us. The limit asks the keeper to end the tree, and the same end follows.
#include "process/run.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <deque>
#include <memory>

#include "base/fd.hpp"
#include "base/syscall.hpp"
#include "process/tree.hpp"

namespace ipclab::process {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

Fd file_of(const std::string& text) {
  Fd fd(checked(::memfd_create("input", MFD_CLOEXEC), "memfd_create"));
  for (std::size_t done = 0; done < text.size();)
    done += static_cast<std::size_t>(checked(
        ::pwrite(fd.get(), text.data() + done, text.size() - done, static_cast<off_t>(done)), "pwrite"));
  return fd;
}

/// One output stream, taken in until finish().
class Sink {
 public:
  Sink(asio::io_context& context, PipeEnds ends, std::size_t most)
      : most_(most), write_(std::move(ends.write)), pipe_(context, ends.read.release()) {
    pipe_.non_blocking(true);
  }

  int write_end() const { return write_.get(); }
  bool cut() const { return cut_; }

  /// `owner` is kept alive as long as a handler may come back.
  void begin(const std::shared_ptr<void>& owner) {
    write_.reset();
    pipe_.async_wait(asio::posix::stream_descriptor::wait_read, [this, owner](const auto& error) {
      if (!error && take_in() != Taken::end) begin(owner);
    });
  }

  std::string finish() {
    while (take_in() == Taken::bytes) {
    }
    pipe_.close();
    return std::move(text_);
  }

 private:
  enum class Taken { bytes, nothing, end };

  /// What is there, at most a block.
  Taken take_in() {
    const ssize_t size = retried([&] { return ::read(pipe_.native_handle(), block_.data(), block_.size()); });
    if (size < 0) return errno == EAGAIN ? Taken::nothing : Taken::end;
    if (size == 0) return Taken::end;
    const std::size_t kept = std::min(static_cast<std::size_t>(size), most_ - text_.size());
    text_.append(block_.data(), kept);
    cut_ |= kept < static_cast<std::size_t>(size);
    return Taken::bytes;
  }

  std::size_t most_;
  bool cut_ = false;
  Fd write_;
  asio::posix::stream_descriptor pipe_;
  std::string text_;
  std::array<char, 65536> block_;
};

class Job : public std::enable_shared_from_this<Job> {
 public:
  using Done = std::function<void(Outcome)>;

  Job(asio::io_context& context, const Command& command, Done done)
      : done_(std::move(done)),
        out_(context, make_pipe(), command.most_output),
        err_(context, make_pipe(), command.most_output),
        result_(context, make_pipe(), command.result_channel ? command.most_output : 0),
        tree_(start_of(command)),
        gone_(context, checked(::dup(tree_.gone_fd()), "dup")),
        limit_(context) {}

  void begin(std::chrono::milliseconds limit) {
    const auto self = shared_from_this();
    for (Sink* sink : {&out_, &err_, &result_}) sink->begin(self);
    wait_for_end();
    if (limit.count() == 0) return;
    limit_.expires_after(limit);
    limit_.async_wait([self](const boost::system::error_code& error) {
      if (!error) self->reach_limit();
    });
  }

 private:
  Tree::Start start_of(const Command& command) {
    const Fd& input = input_ = file_of(command.input);
    Tree::Start start{command.argv, command.environment, command.directory, {}, true, false};
    start.streams = {input.get(), out_.write_end(), err_.write_end()};
    if (command.result_channel) start.streams.push_back(result_.write_end());
    return start;
  }

  void wait_for_end() {
    gone_.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](const auto&) {
      if (self->tree_.gone()) self->finish();
      else self->wait_for_end();
    });
  }

  void reach_limit() {
    outcome_.limit_reached = !tree_.status();
    tree_.end();
  }

  void finish() {
    limit_.cancel();
    outcome_.out = out_.finish();
    outcome_.err = err_.finish();
    outcome_.result = result_.finish();
    outcome_.output_cut = out_.cut() || err_.cut() || result_.cut();
    const int status = tree_.status().value_or(SIGKILL);  // none: the keeper itself was killed
    outcome_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    outcome_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    outcome_.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
    done_(std::move(outcome_));
  }

  Done done_;
  Clock::time_point began_ = Clock::now();
  Outcome outcome_;
  Fd input_;
  Sink out_, err_, result_;
  Tree tree_;
  asio::posix::stream_descriptor gone_;
  asio::steady_timer limit_;
};

/// The jobs in flight. Outcomes are handed on outside the handlers: whoever takes one may throw.
class Window {
 public:
  void start(const Command& command, std::size_t index) {
    auto job = std::make_shared<Job>(context_, command, [this, index](Outcome outcome) {
      --running_;
      outcomes_.emplace_back(index, std::move(outcome));
    });
    job->begin(command.limit);
    ++running_;
  }

  int running() const { return running_; }

  /// The next one that ends.
  std::pair<std::size_t, Outcome> next() {
    while (outcomes_.empty()) context_.run_one();
    auto outcome = std::move(outcomes_.front());
    outcomes_.pop_front();
    return outcome;
  }

 private:
  int running_ = 0;
  std::deque<std::pair<std::size_t, Outcome>> outcomes_;
  asio::io_context context_;
};

}  // namespace

Outcome run(const Command& command) {
  Window window;
  window.start(command, 0);
  return window.next().second;
}

void run_all(const std::vector<Command>& commands, int jobs,
             const std::function<void(std::size_t, Outcome)>& done) {
  Window window;
  std::size_t begun = 0, ended = 0;
  const auto take_one = [&] {
    auto [index, outcome] = window.next();
    ++ended;
    done(index, std::move(outcome));
  };
  for (; begun < commands.size(); ++begun) {
    while (window.running() >= std::max(jobs, 1)) take_one();
    try {
      window.start(commands[begun], begun);
    } catch (const std::system_error& error) {
      ++ended;
      Outcome outcome;
      outcome.exit_code = 127;
      outcome.err = error.what();
      done(begun, std::move(outcome));
    }
  }
  while (ended < begun) take_one();
}

}  // namespace ipclab::process
