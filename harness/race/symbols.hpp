// From an address in a program that has ended to the lines of its source, by the debug information of the
// files that it had mapped. Opens those files; one that is gone or changed gives unknown places.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "race/record.hpp"

namespace ipclab::race {

/// A name of the record's, for those who cannot trust it.
template <std::size_t size>
std::string_view text_of(const char (&name)[size]) {
  return {name, static_cast<std::size_t>(std::find(name, name + size, '\0') - name)};
}

struct Place {
  std::string function;  // plain: "produce", "Queue::put"
  std::string file;      // "ring.cpp"; empty: unknown
  int line = 0;
  bool library = false;      // in a file of /usr: the standard library's
  std::string text() const;  // "ring.cpp:12", or "?"
  bool operator==(const Place&) const = default;
};

using FileOpener = std::function<Fd(const std::string& path)>;

class Symbols {
 public:
  explicit Symbols(const Record& record, FileOpener open = {});
  ~Symbols();

  /// An address of an image, innermost first: more than one where functions were inlined.
  const std::vector<Place>& at(Index image, std::uint64_t address);

  /// What a program of this image calls the `size` bytes whose access a scene shows; "": not known.
  std::string variable(Index image, const Scene& scene, unsigned size);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ipclab::race
