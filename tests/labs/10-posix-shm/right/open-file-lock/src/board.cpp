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
  object = ::open(("/dev/shm" + name).c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (object < 0) fail(errno, "open");
  // END(2)
  const Closing closing(object);
  // TODO(3): Only one process at a time may be between here and the end of this function: sleep until it is your turn. (flock(2)
  // works on any open file.) A fresh object has no bytes: give it room for the header and the text. Map all of the object, as
  // large as it is; remember how large.
  struct flock far_away {};
  far_away.l_type = F_WRLCK;
  far_away.l_whence = SEEK_SET;
  far_away.l_start = 1'000'000'000;
  far_away.l_len = 1;
  int result = 0;
  do result = ::fcntl(object, F_OFD_SETLKW, &far_away);
  while (result != 0 && errno == EINTR);
  if (result != 0) fail(errno, "fcntl");
  struct stat now {};
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  if (now.st_size == 0 && bytes > (std::size_t{1} << 40)) fail(EFBIG, "a board of so many bytes");
  if (now.st_size == 0 && ::ftruncate(object, static_cast<off_t>(sizeof(Header) + bytes)) != 0) fail(errno, "ftruncate");
  if (::fstat(object, &now) != 0) fail(errno, "fstat");
  void* memory = ::mmap(nullptr, static_cast<std::size_t>(now.st_size), PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
  if (memory == MAP_FAILED) fail(errno, "mmap");
  mapped_ = static_cast<std::size_t>(now.st_size);
  header_ = static_cast<Header*>(memory);
  // END(3)
  // TODO(4): Prepare the board when nobody has got to the end of that yet, and then call it ready. Let the others go on.
  if (header_->is_ready.exchange(1) == 0) {
    header_->is_ready = 0;
    prepare(*header_, static_cast<std::size_t>(now.st_size) - sizeof(Header));
    header_->is_ready = 1;
  }
  far_away.l_type = F_UNLCK;
  ::fcntl(object, F_OFD_SETLK, &far_away);
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
  if (::unlink(("/dev/shm" + name).c_str()) != 0) fail(errno, "unlink");
  // END(1)
}
