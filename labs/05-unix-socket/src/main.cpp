// Lab 05-unix-socket: a console over the desk, to be used in two terminals. Given.

#include <fcntl.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "desk.hpp"
#include "ipclab/console.hpp"

using ipclab::number;
using ipclab::Words;

namespace {

/// A socket with a name. A file name goes with it: nobody else removes it.
struct Named {
  Named(const std::string& given, int type) : socket(open_at(given, type)), name(given) {}
  ~Named() {
    if (!is_abstract(name)) ::unlink(name.c_str());
  }
  Named(const Named&) = delete;
  Fd socket;
  std::string name;
};

template <typename Thing>
Thing& must_be(std::optional<Thing>& thing, const char* otherwise) {
  if (!thing) throw std::runtime_error(otherwise);
  return *thing;
}

Fd open_file(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (file.get() < 0) throw std::system_error(errno, std::generic_category(), path);
  return file;
}

/// From where the file stands to its end.
std::string rest_of(const Fd& file) {
  std::string all;
  char block[4096];
  for (ssize_t n; (n = ::read(file.get(), block, sizeof block)) != 0;) {
    if (n > 0) all.append(block, static_cast<std::size_t>(n));
    else if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "read");
  }
  return all;
}

class Counter {
 public:
  void connect(Connection connection) {
    lines_.clear();
    connection_.emplace(std::move(connection));
  }
  Connection& connection() { return must_be(connection_, "there is no connection"); }
  void hang_up() { connection_.reset(); }

  std::string next_line() {
    while (lines_.empty() && !connection().ended) lines_ = take_lines(connection());
    if (lines_.empty()) throw std::runtime_error("the other side has closed");
    std::string line = std::move(lines_.front());
    lines_.erase(lines_.begin());
    return line;
  }

 private:
  std::optional<Connection> connection_;
  std::vector<std::string> lines_;
};

}  // namespace

int main() {
  std::optional<Named> door, box;
  std::optional<Fd> file;
  Counter counter;

  ipclab::Console console;
  console.on("listen NAME", [&](const Words& words) {
    door.reset();
    door.emplace(words[0], SOCK_STREAM);
    return "";
  });
  console.on("accept", [&](const Words&) {
    counter.connect(accept_at(must_be(door, "there is no door: listen first").socket));
    return peer_of(counter.connection().socket);
  });
  console.on("connect NAME", [&](const Words& words) {
    counter.connect({connect_to(words[0]), "", false});
    return "";
  });
  console.on("send TEXT", [&](const Words& words) {
    send_all(counter.connection().socket, words[0] + "\n");
    return "";
  });
  console.on("send_raw BYTES", [&](const Words& words) {
    send_all(counter.connection().socket, words[0]);
    return "";
  });
  console.on("send_file FILE", [&](const Words& words) {
    send_all(counter.connection().socket, rest_of(open_file(words[0])) + "\n");
    return "";
  });
  console.on("receive", [&](const Words&) { return counter.next_line(); });
  console.on("receive_file FILE", [&](const Words& words) {
    std::ofstream(words[0], std::ios::binary) << counter.next_line();
    return "";
  });
  console.on("hang_up", [&](const Words&) {
    counter.hang_up();
    return "";
  });
  console.on("serve CLIENTS", [&](const Words& words) {
    return std::to_string(
        serve(must_be(door, "there is no door: listen first").socket, static_cast<int>(number(words[0]))));
  });
  console.on("whoami", [](const Words&) {
    return std::to_string(::getpid()) + " " + std::to_string(::getuid()) + " " + std::to_string(::getgid());
  });

  console.on("box NAME", [&](const Words& words) {
    box.reset();
    box.emplace(words[0], SOCK_DGRAM);
    return "";
  });
  console.on("post NAME TEXT [FILE] [FILE] [FILE]", [](const Words& words) {
    std::vector<Fd> files;
    for (std::size_t i = 2; i < words.size(); ++i) files.push_back(open_file(words[i]));
    send_parcel(words[0], words[1], files);
    return "";
  });
  console.on("collect", [&](const Words&) {
    Parcel parcel = receive_parcel(must_be(box, "there is no box").socket);
    file = std::move(parcel.file);
    return (file ? "file " : "text ") + parcel.text;
  });
  console.on("read", [&](const Words&) { return rest_of(must_be(file, "no file has come")); });
  console.on("drop", [&](const Words&) {
    file.reset();
    return "";
  });
  console.on("close", [&](const Words&) {
    counter.hang_up();
    door.reset();
    box.reset();
    file.reset();
    return "";
  });
  return console.run();
}
