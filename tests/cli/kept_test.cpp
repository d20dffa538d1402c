// What is kept, and for how long.

#include "cli/kept.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "base/file.hpp"

using namespace ipclab;
using namespace ipclab::cli;

TEST_CASE("what was made is kept whole until nobody has used it for a month") {
  const Scratch scratch;
  const fs::path store = scratch.path() / "store", old = store / "old", used = store / "used";
  CHECK_FALSE(is_kept(old));
  drop_unused(store);  // nothing is kept yet
  const fs::path finished = scratch.path() / "finished";
  fs::create_directory(finished);
  write_file(finished / "program", "bytes");
  for (const fs::path& place : {old, used}) {
    keep(finished, place);
    fs::last_write_time(place, fs::file_time_type::clock::now() - std::chrono::days(60));
  }
  keep(finished, used);  // who comes second changes nothing
  REQUIRE(is_kept(used));
  drop_unused(store);
  CHECK_FALSE(fs::exists(old));
  CHECK(read_file(used / "program") == "bytes");
  CHECK(std::distance(fs::directory_iterator(store), fs::directory_iterator()) == 1);
}

TEST_CASE("a scratch directory is gone when it goes out of scope") {
  fs::path path;
  {
    const Scratch scratch;
    path = scratch.path();
    write_file(path / "file", "bytes");
  }
  CHECK_FALSE(fs::exists(path));
}
