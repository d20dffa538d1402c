#include "base/file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

using namespace ipclab;
namespace fs = std::filesystem;

namespace {

struct Directory {
  fs::path path;
  Directory() {
    std::string name = (fs::temp_directory_path() / "ipclab-base-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Directory() { fs::remove_all(path); }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
};

}  // namespace

TEST_CASE("what is written is read") {
  const Directory directory;
  const fs::path file = directory.path / "file";
  const std::string bytes = std::string("a\0b\xff\n", 5) + std::string(100'000, 'x');
  write_file(file, bytes);
  CHECK(read_file(file) == bytes);
  write_file(file, "");
  CHECK(read_file(file).empty());
  CHECK(directory.entries() == 1);  // nothing temporary is left
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0644);
}

TEST_CASE("files of /proc have no size, and are read all the same") {
  CHECK(read_file("/proc/self/status").find("Pid:") != std::string::npos);
}

TEST_CASE("what cannot be read or written") {
  const Directory directory;
  const fs::path missing = directory.path / "missing";
  CHECK_FALSE(try_read_file(missing));
  CHECK_FALSE(try_read_file(directory.path));  // a directory
  CHECK_THROWS_WITH_AS(read_file(missing),
                       ("cannot read " + missing.string() + ": No such file or directory").c_str(),
                       std::system_error);
  CHECK_THROWS_AS(write_file(missing / "below", "x"), std::system_error);
  // A directory is in the way: the old stays, nothing temporary is left.
  fs::create_directory(directory.path / "taken");
  CHECK_THROWS_AS(write_file(directory.path / "taken", "x"), std::system_error);
  CHECK(directory.entries() == 1);
}

TEST_CASE("a reader sees the old file or the new one") {
  const Directory directory;
  const fs::path file = directory.path / "file";
  write_file(file, "old");
  struct stat before {
  }, after{};
  REQUIRE(::stat(file.c_str(), &before) == 0);
  const fs::path link = directory.path / "same inode as before";
  fs::create_hard_link(file, link);
  write_file(file, "new");
  REQUIRE(::stat(file.c_str(), &after) == 0);
  CHECK(before.st_ino != after.st_ino);
  CHECK(read_file(link) == "old");
}
