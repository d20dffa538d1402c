// doctest's ear: turns a failed assertion of a check (CHECK, REQUIRE) into a Finding and an exception that is
// not ours to expect into an error of the harness. Everything else was already told to outcome() by the words
// themselves.
#pragma once

namespace ipclab::check {

/// Its name, for doctest's option "reporters".
const char* reporter();

}  // namespace ipclab::check
