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
  object = ::shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  if (object < 0 && errno == EEXIST) object = ::shm_open(name.c_str(), O_RDWR, 0);
  if (object < 0) fail(errno, "shm_open");
  // END(2)
  const Closing closing(object);
  // TODO(3): Only one process at a time may be between here and the end of this function: sleep until it is your turn. (flock(2)
  // works on any open file.) A fresh object has no bytes: give it room for the header and the text. Map all of the object, as
  // large as it is; remember how large.
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  while (::fcntl(object, F_SETLKW, &whole) != 0)
    if (errno != EINTR) fail(errno, "fcntl");
  const off_t there = ::lseek(object, 0, SEEK_END);
  if (there < static_cast<off_t>(sizeof(Header))) {
    if (bytes > (std::size_t{1} << 40)) fail(EFBIG, "a board of so many bytes");
    const int error = ::posix_fallocate(object, 0, static_cast<off_t>(sizeof(Header) + bytes));
    if (error != 0) fail(error, "posix_fallocate");
  }
  mapped_ = static_cast<std::size_t>(::lseek(object, 0, SEEK_END));
  header_ = static_cast<Header*>(::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE, object, 0));
  if (header_ == MAP_FAILED) {
    header_ = nullptr;
    fail(errno, "mmap");
  }
  // END(3)
  // TODO(4): Prepare the board when nobody has got to the end of that yet, and then call it ready. Let the others go on.
  if (header_->is_ready.load(std::memory_order_acquire) == 0) {
    prepare(*header_, mapped_ - sizeof(Header));
    header_->is_ready.store(1, std::memory_order_release);
  }
  whole.l_type = F_UNLCK;
  ::fcntl(object, F_SETLK, &whole);
  // END(4)
}

Board::~Board() {
  if (header_) ::munmap(header_, mapped_);
}

char* Board::place([[maybe_unused]] std::size_t at, [[maybe_unused]] std::size_t bytes) const {
  // TODO(5): ERANGE when one of the `bytes` bytes from `at` on is not on the board. No sum of the two is safe: they may be as
  // large as they like.
  std::size_t end = 0;
  if (__builtin_add_overflow(at, bytes, &end) || end > header_->bytes) fail(ERANGE, "beyond the board");
  return &header_->text[at];
  // END(5)
}

void Board::write(std::size_t at, const std::string& text) { std::memcpy(place(at, text.size()), text.data(), text.size()); }

std::string Board::read(std::size_t at, std::size_t bytes) const { return std::string(place(at, bytes), bytes); }

void Board::unlink([[maybe_unused]] const std::string& name) {
  // TODO(1): Take the name away.
  if (::shm_unlink(name.c_str()) != 0) fail(errno, "shm_unlink");
  // END(1)
}
