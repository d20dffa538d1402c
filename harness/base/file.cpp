#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.hpp"
#include "base/syscall.hpp"

namespace ipclab {

std::optional<std::string> try_read_file(const std::filesystem::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::string bytes;
  char block[16384];
  for (;;) {
    const ssize_t n = retried([&] { return ::read(fd.get(), block, sizeof block); });
    if (n < 0) return std::nullopt;
    if (n == 0) return bytes;
    bytes.append(block, static_cast<std::size_t>(n));
  }
}

std::string read_file(const std::filesystem::path& path) {
  auto bytes = try_read_file(path);
  if (!bytes) throw_errno("cannot read " + path.string());
  return std::move(*bytes);
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::string temporary = path.string() + ".XXXXXX";
  Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) throw_errno("cannot write " + path.string());
  const auto give_up = [&] {
    const int error = errno;
    ::unlink(temporary.c_str());
    errno = error;
    throw_errno("cannot write " + path.string());
  };
  while (!bytes.empty()) {
    const ssize_t n = retried([&] { return ::write(fd.get(), bytes.data(), bytes.size()); });
    if (n < 0) give_up();
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  ::fchmod(fd.get(), 0644);
  if (::rename(temporary.c_str(), path.c_str()) != 0) give_up();
}

}  // namespace ipclab
