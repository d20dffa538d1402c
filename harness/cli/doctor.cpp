#include <fmt/format.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <CLI/CLI.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/cxx.hpp"
#include "cli/errors.hpp"
#include "cli/project.hpp"
#include "room/room.hpp"

namespace ipclab::cli {
namespace {

struct Line {
  bool fine;
  std::string what, found;
};

Line compiler_line() try { return {true, "compiler", compiler_version()}; } catch (const UsageError& error) {
  return {false, "compiler", error.what()};
}

Line kernel_line() {
  utsname name{};
  ::uname(&name);
  int major = 0, minor = 0;
  std::sscanf(name.release, "%d.%d", &major, &minor);
  const bool fine = major > 5 || (major == 5 && minor >= 12);
  return {
      fine, "kernel",
      fmt::format("{}{}", name.release, fine ? "" : " (5.12 or later is needed for rooms with namespaces)")};
}

Line room_line() {
  const room::Probe probe = room::probe();
  return {probe.level == room::Level::namespaces, "rooms", probe.why};
}

Line tracing_line() {
  const auto scope = try_read_file("/proc/sys/kernel/yama/ptrace_scope");
  const bool free = !scope || scope->starts_with("0") || ::geteuid() == 0;
  return {true, "looking into processes",
          free ? "any of your own"
               : "only those that ipclab starts; for why PID: sudo, or sysctl kernel.yama.ptrace_scope=0"};
}

Line disk_line() {
  struct statvfs disk {};
  ::statvfs(build_root().c_str(), &disk);
  const auto free_mib = disk.f_bavail * disk.f_frsize >> 20;
  return {free_mib >= 500, "disk", fmt::format("{} MiB free where things are built", free_mib)};
}

int doctor_command() {
  bool fine = true;
  for (const Line& line : {compiler_line(), kernel_line(), room_line(), tracing_line(), disk_line()}) {
    fmt::print("{}  {:24}{}\n", line.fine ? "ok  " : "LOST", line.what, line.found);
    fine = fine && line.fine;
  }
  return fine ? kAllPass : kSomeFail;
}

}  // namespace

void add_doctor(CLI::App& app, Action& action) {
  app.add_subcommand("doctor", "what this machine allows, and how to lift what it forbids")
      ->callback([&action] { action = doctor_command; });
}

}  // namespace ipclab::cli
