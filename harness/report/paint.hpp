// Colours of a terminal (ECMA-48 SGR), or none.
#pragma once

#include <string>

#include "model/result.hpp"

namespace ipclab::report {

class Paint {
 public:
  explicit Paint(bool colours) : colours_(colours) {}

  std::string bold(const std::string& text) const { return with("1", text); }
  std::string faint(const std::string& text) const { return with("2", text); }
  std::string red(const std::string& text) const { return with("1;31", text); }
  std::string green(const std::string& text) const { return with("32", text); }
  std::string yellow(const std::string& text) const { return with("33", text); }

  std::string status(Status status, const std::string& text) const {
    switch (status) {
      case Status::pass:
        return green(text);
      case Status::fail:
        return red(text);
      case Status::todo:
        return yellow(text);
      case Status::skip:
        return with("36", text);
      case Status::error:
        return with("1;35", text);
    }
    return text;
  }

 private:
  std::string with(const char* code, const std::string& text) const {
    return colours_ && !text.empty() ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text;
  }

  bool colours_;
};

}  // namespace ipclab::report
