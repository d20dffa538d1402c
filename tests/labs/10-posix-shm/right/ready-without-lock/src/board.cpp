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
  object = ::shm_open(name.c_str(), O_RDWR | O_CREAT, 0600);
  if (object < 0) fail(errno, "shm_open");
  // END(2)
  const Closing closing(object);
  // TODO(3): Only one process at a time may be between here and the end of this function: sleep until it is your turn. (flock(2)
  // works on any open file.) A fresh object has no bytes: give it room for the header and the text. Map all of the object, as
  // large as it is; remember how large.
  // Another way: a board that is ready is opened without any lock. What was written before is_ready is seen by who has
  // read it: release and acquire. The size comes in one step, so that it is none or all.
  struct stat now {};
  const auto map = [&] {
    mapped_ = static_cast<std::size_t>(now.st_size);
    void* memory = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
    if (memory == MAP_FAILED) fail(errno, "mmap");
    header_ = static_cast<Header*>(memory);
  };
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  if (now.st_size > 0) map();
  if (header_ && header_->is_ready.load(std::memory_order_acquire)) return;
  while (::flock(object, LOCK_EX) != 0)
    if (errno != EINTR) fail(errno, "flock");
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  if (now.st_size == 0 && bytes > (std::size_t{1} << 40)) fail(EFBIG, "a board of so many bytes");
  if (now.st_size == 0 && ::ftruncate(object, static_cast<off_t>(sizeof(Header) + bytes)) != 0) fail(errno, "ftruncate");
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  if (!header_) map();
  // END(3)
  // TODO(4): Prepare the board when nobody has got to the end of that yet, and then call it ready. Let the others go on.
  if (!header_->is_ready.load(std::memory_order_relaxed)) {  // under the lock
    prepare(*header_, mapped_ - sizeof(Header));
    header_->is_ready.store(1, std::memory_order_release);
  }
  ::flock(object, LOCK_UN);
  // END(4)
}

Board::~Board() {
  if (header_) ::munmap(header_, mapped_);
}

char* Board::place([[maybe_unused]] std::size_t at, [[maybe_unused]] std::size_t bytes) const {
  // TODO(5): ERANGE when one of the `bytes` bytes from `at` on is not on the board. No sum of the two is safe: they may be as
  // large as they like.
  if (at > header_->bytes || bytes > header_->bytes - at) fail(ERANGE, "beyond the board");
  return header_->text + at;
  // END(5)
}

void Board::write(std::size_t at, const std::string& text) { std::memcpy(place(at, text.size()), text.data(), text.size()); }

std::string Board::read(std::size_t at, std::size_t bytes) const { return std::string(place(at, bytes), bytes); }

void Board::unlink([[maybe_unused]] const std::string& name) {
  // TODO(1): Take the name away.
  if (::shm_unlink(name.c_str()) != 0) fail(errno, "shm_unlink");
  // END(1)
}
