// Lab 10-posix-shm: a board in shared memory.

#include "board.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "ipclab/not_done.hpp"

using ipclab::not_done;

namespace {

[[noreturn, maybe_unused]] void fail(int error, const char* what) { throw std::system_error(error, std::generic_category(), what); }

/// Closes a descriptor at the end of its scope, also when an exception is on its way.
class Closing {
 public:
  explicit Closing(int fd) : fd_(fd) {}
  ~Closing() { ::close(fd_); }
  Closing(const Closing&) = delete;
  Closing& operator=(const Closing&) = delete;

 private:
  int fd_;
};

}  // namespace

Board::Board([[maybe_unused]] const std::string& name, [[maybe_unused]] std::size_t bytes) {
  int object = -1;
  // TODO(2): Open the shared memory object of this name for reading and writing; make it, for its owner only, when there is
  // none.
  not_done(2);
  // END(2)
  const Closing closing(object);
  // TODO(3): Only one process at a time may be between here and the end of this function: sleep until it is your turn. (flock(2)
  // works on any open file.) A fresh object has no bytes: give it room for the header and the text. Map all of the object, as
  // large as it is; remember how large. Leave no object that is too large to be mapped.
  not_done(3);
  // END(3)
  // TODO(4): Prepare the board when nobody has got to the end of that yet, and then call it ready. Let the others go on.
  not_done(4);
  // END(4)
}

Board::~Board() {
  if (header_) ::munmap(header_, mapped_);
}

char* Board::place([[maybe_unused]] std::size_t at, [[maybe_unused]] std::size_t bytes) const {
  // TODO(5): ERANGE when one of the `bytes` bytes from `at` on is not on the board. No sum of the two is safe: they may be as
  // large as they like.
  not_done(5);
  // END(5)
}

void Board::write(std::size_t at, const std::string& text) { std::memcpy(place(at, text.size()), text.data(), text.size()); }

std::string Board::read(std::size_t at, std::size_t bytes) const { return std::string(place(at, bytes), bytes); }

void Board::unlink([[maybe_unused]] const std::string& name) {
  // TODO(1): Take the name away.
  not_done(1);
  // END(1)
}
