// Lines of code that was inlined, also into a lambda.
#include "base/debug_info.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace ipclab;

namespace {

[[gnu::noinline]] Dwarf_Addr calling_place() {
  return reinterpret_cast<Dwarf_Addr>(__builtin_return_address(0)) - 1;
}

constexpr int kLineInside = __LINE__ + 2;
[[gnu::always_inline]] inline Dwarf_Addr place_inside() {
  const Dwarf_Addr place = calling_place();
  asm volatile("");  // no jump in place of the call
  return place;
}

class Self {
 public:
  Self() : dwfl_(dwfl_begin(&callbacks_)) {
    dwfl_report_begin(dwfl_);
    dwfl_linux_proc_report(dwfl_, ::getpid());
    dwfl_report_end(dwfl_, nullptr, nullptr);
  }
  ~Self() { dwfl_end(dwfl_); }
  std::vector<SourcePlace> at(Dwarf_Addr address) {
    return source_of(dwfl_addrmodule(dwfl_, address), address);
  }

 private:
  Dwfl_Callbacks callbacks_{dwfl_linux_proc_find_elf, dwfl_standard_find_debuginfo, nullptr, nullptr};
  Dwfl* dwfl_;
};

void inlined_twice(const std::vector<SourcePlace>& places, int line) {
  REQUIRE(places.size() == 2);
  CHECK(places[0].path.ends_with("debug_info_test.cpp"));
  CHECK(places[0].line == kLineInside);
  CHECK(places[0].function == "place_inside");
  CHECK(places[1].path.ends_with("debug_info_test.cpp"));
  CHECK(places[1].line == line);
}

}  // namespace

TEST_CASE("an inlined function is told with the line that called it") {
  inlined_twice(Self().at(place_inside()), __LINE__);
}

TEST_CASE("so it is in a lambda that is a function of its own") {
  const auto lambda = [](int& line) __attribute__((noinline)) {
    line = __LINE__ + 1;
    return place_inside();
  };
  int line = 0;
  const Dwarf_Addr place = lambda(line);
  inlined_twice(Self().at(place), line);
}
