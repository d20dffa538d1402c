#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "check/check.hpp"
#include "check/difference.hpp"
#include "check/outcome.hpp"
#include "check/session.hpp"
#include "ipclab/console.hpp"
#include "model/cause.hpp"

namespace ipclab::check {
namespace {

constexpr std::size_t kSeenAtOnce = 40;  // bytes of two answers that an eye can compare

/// A command as the report shows it: a long one is not shown whole.
std::string shown(std::string_view line) {
  constexpr std::size_t kMost = 60;
  return line.size() <= kMost ? std::string(line)
                              : fmt::format("{}… ({} bytes)", line.substr(0, kMost), line.size());
}

/// "ok VALUE" → the value, unquoted.
std::string value_of(const std::string& answer) {
  const Words words = words_of(answer);
  return words.size() > 1 ? words[1] : "";
}

bool is_ok(const std::string& answer) { return answer == "ok" || answer.starts_with("ok "); }

}  // namespace

std::string word(std::string_view text) { return as_word(text); }

Reply Console::types(std::string_view line) const {
  Started& started = session_->started(pid_);
  outcome().log("check", fmt::format("types to {}: {}", started.name, shown(line)));
  started.to_type += line;
  started.to_type += '\n';
  session_->drain();
  return Reply(*this, started.typed_lines++, fmt::format("{}: {}", started.name, shown(line)));
}

void Console::does(std::string_view line) const { types(line).must_return(); }

std::string Console::asks(std::string_view line) const { return types(line).value(); }

void Console::quits() const {
  input_ends();
  must_exit(0);
}

const std::string& Reply::answer(const std::string& expected) const {
  Started& started = console_.session_->started(console_.pid_);
  console_.session_->wait_for(expected, console_.pid_, [&] { return started.answers.size() > index_; });
  return started.answers[index_];
}

void Reply::wrong(const std::string& expected, const std::string& answer) const {
  end_with({cause::kWrongAnswer, expected, fmt::format("it answers {}", shown(answer)), {}, "", {}});
}

void Reply::must_return() const {
  const std::string expected = fmt::format("\"{}\" succeeds", typed_);
  if (const std::string& got = answer(expected); !is_ok(got)) wrong(expected, got);
}

void Reply::must_return(std::string_view value) const {
  const std::string expected = fmt::format("\"{}\" answers {}", typed_, ipclab::quoted(value));
  const std::string& got = answer(expected);
  if (!is_ok(got)) wrong(expected, got);
  if (const std::string text = value_of(got); text != value)
    end_with({cause::kWrongAnswer,
              expected,
              fmt::format("it answers {}", ipclab::quoted(text)),
              std::max(text.size(), value.size()) > kSeenAtOnce
                  ? std::vector<Row>{{"", difference(value, text), ""}}
                  : std::vector<Row>{},
              "",
              {}});
}

std::string Reply::value() const {
  const std::string expected = fmt::format("\"{}\" succeeds", typed_);
  const std::string& got = answer(expected);
  if (!is_ok(got)) wrong(expected, got);
  return value_of(got);
}

void Reply::must_fail(std::string_view message) const {
  const std::string expected = message.empty() ? fmt::format("\"{}\" fails", typed_)
                                               : fmt::format("\"{}\" fails with {}", typed_, message);
  const std::string& got = answer(expected);
  if (is_ok(got) || got.find(message) == std::string::npos) wrong(expected, got);
}

void Reply::must_block_in(std::string_view call, const On& object) const {
  const Started& started = console_.session_->started(console_.pid_);
  const std::string expected =
      object.object.empty() ? fmt::format("\"{}\" waits: asleep until somebody wakes it", typed_)
                            : fmt::format("\"{}\" waits: asleep {}on {}", typed_,
                                          call.empty() ? "" : fmt::format("in {} ", call), object.object);
  console_.session_->wait_for_block(
      expected, console_.pid_, std::string(call), object.object, [&]() -> std::string {
        if (started.answers.size() <= index_) return "";
        return fmt::format("it does not wait: it answers {}", shown(started.answers[index_]));
      });
}

void Reply::must_block(const On& object) const { must_block_in("", object); }

void Reply::must_wait() const {
  console_.session_->settle(0);
  if (has_returned())
    end_with({cause::kDoesNotBlock,
              fmt::format("\"{}\" waits", typed_),
              fmt::format("it answers {}", shown(console_.session_->started(console_.pid_).answers[index_])),
              {},
              "",
              {}});
}

bool Reply::has_returned() const {
  console_.session_->drain();
  return console_.session_->started(console_.pid_).answers.size() > index_;
}

}  // namespace ipclab::check
