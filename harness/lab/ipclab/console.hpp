// A small console over a lab's functions: a person types commands, one a line, and reads the answers. The
// harness types the same commands; it then hands over a descriptor for the answers, so that whatever the
// program prints to standard output while it is being debugged disturbs nothing.
//
//   Console console;
//   console.on("send TEXT PRIORITY", [&](const Words& words) { mailbox.send(words[0], number(words[1]));
//   return ""; }); return console.run();
//
// A word is bare (hello) or quoted ("two words", "\x00\n"). An answer is "ok", "ok VALUE", or "error
// MESSAGE"; a command that throws answers with the exception's message, a std::system_error with the name of
// its errno in front.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "ipclab/not_done.hpp"

namespace ipclab {

using Words = std::vector<std::string>;

inline long number(const std::string& word) {
  std::size_t used = 0;
  long value = 0;
  try {
    value = std::stol(word, &used, 0);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used != word.size() || word.empty()) throw std::invalid_argument("not a number: " + word);
  return value;
}

/// The words of a typed line. Throws std::invalid_argument on an open quote.
inline Words words_of(std::string_view line) {
  Words words;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == ' ') {
      ++i;
      continue;
    }
    std::string word;
    if (line[i] != '"') {
      while (i < line.size() && line[i] != ' ') word += line[i++];
    } else {
      for (++i; i < line.size() && line[i] != '"'; ++i) {
        if (line[i] != '\\') {
          word += line[i];
          continue;
        }
        if (++i == line.size()) break;
        if (line[i] == 'n') word += '\n';
        else if (line[i] == 't') word += '\t';
        else if (line[i] == 'x' && i + 2 < line.size()) {
          word += static_cast<char>(std::strtol(std::string(line.substr(i + 1, 2)).c_str(), nullptr, 16));
          i += 2;
        } else word += line[i];
      }
      if (i >= line.size()) throw std::invalid_argument("a quote is left open");
      ++i;
    }
    words.push_back(std::move(word));
  }
  return words;
}

/// The text as one word: bare where that reads back the same, else quoted.
inline std::string as_word(std::string_view text) {
  bool bare = !text.empty();
  for (const unsigned char c : text) bare = bare && c > ' ' && c < 0x7f && c != '"' && c != '\\';
  if (bare) return std::string(text);
  std::string word = "\"";
  for (const unsigned char c : text) {
    if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
      word += static_cast<char>(c);
      continue;
    }
    char escape[5];
    std::snprintf(escape, sizeof escape, "\\x%02x", c);
    word += escape;
  }
  return word + '"';
}

class Console {
 public:
  Console() {
    if (const char* fd = std::getenv("IPCLAB_REPLIES")) {
      replies_ = std::atoi(fd);
      ::fcntl(replies_, F_SETFD, FD_CLOEXEC);
    }
  }

  /// `usage` is the command's name and the names of its words; words in [brackets] may be left out. The
  /// handler's result is the answer's value.
  void on(const std::string& usage, std::function<std::string(const Words&)> handler) {
    const Words parts = words_of(usage);
    Command command{usage, 0, parts.size() - 1, std::move(handler)};
    for (std::size_t i = 1; i < parts.size(); ++i) command.least += parts[i][0] != '[';
    commands_[parts[0]] = std::move(command);
  }

  /// Serves typed lines until end-of-file or "quit". Returns the exit status: 0.
  int run() {
    const bool person = ::isatty(STDIN_FILENO) && replies_ < 0;
    std::string line;
    while (person && std::cout << "> " << std::flush, read_line(line)) {
      if (line == "quit") break;
      if (line.empty()) continue;
      answer(reply_to(line));
    }
    return 0;
  }

 private:
  struct Command {
    std::string usage;
    std::size_t least = 0, most = 0;
    std::function<std::string(const Words&)> handler;
  };

  // Unbuffered towards the kernel, so that a forked child never inherits typed lines that its parent will
  // read too.
  static bool read_line(std::string& line) {
    line.clear();
    for (char c;;) {
      const ssize_t n = ::read(STDIN_FILENO, &c, 1);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return !line.empty();
      if (c == '\n') return true;
      line += c;
    }
  }

  std::string reply_to(const std::string& line) const try {
    Words words = words_of(line);
    if (words.empty()) return "ok";
    const auto found = commands_.find(words[0]);
    if (words[0] == "help" || found == commands_.end()) return help(words[0]);
    words.erase(words.begin());
    const Command& command = found->second;
    if (words.size() < command.least || words.size() > command.most) return "error usage: " + command.usage;
    const std::string value = command.handler(words);
    return value.empty() ? "ok" : "ok " + as_word(value);
  } catch (const std::system_error& error) {
    const char* name = ::strerrorname_np(error.code().value());
    return std::string("error ") + (name ? name : "?") + " " + error.what();
  } catch (const std::exception& error) {
    return std::string("error ") + error.what();
  }

  std::string help(const std::string& typed) const {
    std::string text = typed == "help" ? "ok " : "error no such command: " + typed + "; there are:";
    for (const auto& [name, command] : commands_) text += " | " + command.usage;
    return text;
  }

  void answer(std::string text) const {
    text += '\n';
    if (replies_ < 0) {
      std::cout << text << std::flush;
      return;
    }
    std::cout.flush();
    for (std::string_view rest = text; !rest.empty();) {
      const ssize_t n = ::write(replies_, rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) ::_exit(1);  // nobody is there to read answers any more
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  int replies_ = -1;
  std::map<std::string, Command> commands_;
};

}  // namespace ipclab
