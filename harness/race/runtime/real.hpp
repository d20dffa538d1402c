// The C library's own function behind one that is interposed. Found at the first call, because the loader and
// other libraries call some of them before anything of ours has run.
#pragma once

#include <dlfcn.h>

#include "race/runtime/self.hpp"

namespace ipclab::race {

template <typename Function>
class Real;

template <typename Result, typename... Arguments>
class Real<Result(Arguments...)> {
 public:
  using Pointer = Result (*)(Arguments...);
  constexpr explicit Real(const char* name, const char* version = nullptr) : name_(name), version_(version) {}
  Result operator()(Arguments... arguments) {
    show_late_stores();
    return pointer()(arguments...);
  }
  Pointer pointer() {
    if (!found_) {
      void* symbol = version_ ? dlvsym(RTLD_NEXT, name_, version_) : nullptr;
      found_ = reinterpret_cast<Pointer>(symbol ? symbol : dlsym(RTLD_NEXT, name_));
    }
    return found_;
  }

 private:
  const char* name_;
  const char* version_;
  Pointer found_ = nullptr;
};

}  // namespace ipclab::race

/// Defines the function `name` for the whole program; `real_name` calls the library's.
#define IPCLAB_INTERPOSE(result, name, ...)                                                       \
  [[maybe_unused]] static constinit ::ipclab::race::Real<result(__VA_ARGS__)> real_##name(#name); \
  extern "C" __attribute__((visibility("default"))) result name
