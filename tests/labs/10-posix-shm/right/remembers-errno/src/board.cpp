// Another way: C, one way out, and errno looked at after calls that may be made again.

#include "board.hpp"
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
static const char* open_board(const char* name, std::size_t bytes, Header** header, std::size_t* mapped) {
  const char* failed = nullptr;
  struct stat st;
  void* p;
  int fresh = 0;
  int saved, fd = shm_open(name, O_CREAT | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd == -1) return "shm_open";
  fprintf(stderr, "opened %s as %d\n", name, fd);
  do errno = 0;
  while (flock(fd, LOCK_EX) == -1 && errno == EINTR);
  if (errno) {
    failed = "flock";
    goto out;
  }
  fprintf(stderr, "my turn with %s\n", name);
  if (fstat(fd, &st) == -1) {
    failed = "fstat";
    goto unlock;
  }
  if ((size_t)st.st_size < sizeof(Header)) {
    size_t whole;
    if (__builtin_add_overflow(bytes, sizeof(Header), &whole)) {
      errno = EOVERFLOW;
      failed = "size";
      goto unlock;
    }
    if (ftruncate(fd, (off_t)whole) == -1) {
      failed = "ftruncate";
      goto unlock;
    }
    st.st_size = (off_t)whole;
    fresh = 1;
  }
  p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (p == MAP_FAILED) {
    failed = "mmap";
    if (fresh) goto empty;
    goto unlock;
  }
  *header = (Header*)p;
  *mapped = (size_t)st.st_size;
  if ((*header)->is_ready != 1) {
    prepare(**header, *mapped - sizeof(Header));
    (*header)->is_ready = 1;
  }
  goto unlock;
empty:
  saved = errno;
  if (ftruncate(fd, 0) == -1) perror("ftruncate");
  errno = saved;
unlock:
  saved = errno;
  flock(fd, LOCK_UN);
  errno = saved;
out:
  saved = errno;
  close(fd);
  errno = saved;
  return failed;
}
Board::Board(const std::string& name, std::size_t bytes) {
  if (const char* what = open_board(name.c_str(), bytes, &header_, &mapped_))
    throw std::system_error(errno, std::generic_category(), what);
}
static void fail(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}
Board::~Board() {
  if (header_) ::munmap(header_, mapped_);
}

char* Board::place(std::size_t at, std::size_t bytes) const {
  if (at > size() || bytes > size() - at) fail(ERANGE, "beyond the board");
  return header_->text + at;
}

void Board::write(std::size_t at, const std::string& text) {
  std::memcpy(place(at, text.size()), text.data(), text.size());
}

std::string Board::read(std::size_t at, std::size_t bytes) const {
  return std::string(place(at, bytes), bytes);
}

void Board::unlink(const std::string& name) {
  if (::shm_unlink(name.c_str()) != 0) fail(errno, "shm_unlink");
}
