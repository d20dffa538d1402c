#include "cli/start.hpp"

#include <fmt/format.h>

#include <system_error>

#include "cli/errors.hpp"

namespace ipclab::cli {

std::unique_ptr<process::Tree> start_for_person(process::Tree::Start start) try {
  start.own_session = false;
  start.outlives = true;
  return std::make_unique<process::Tree>(start);
} catch (const std::system_error& error) {
  throw UsageError(fmt::format("cannot start '{}': {}", start.argv[0], error.code().message()));
}

observe::World closed_world(const process::Tree& tree) {
  observe::World world;
  world.roots = {tree.program()};
  world.reaper = tree.keeper();
  world.outsiders = true;
  return world;
}

}  // namespace ipclab::cli
