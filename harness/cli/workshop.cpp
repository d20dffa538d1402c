#include "cli/workshop.hpp"

#include <poll.h>
#include <sys/mman.h>

#include <map>

#include "base/file.hpp"
#include "base/syscall.hpp"
#include "cli/cxx.hpp"
#include "cli/project.hpp"

namespace ipclab::cli {
namespace {

constexpr char kRuntime[] = "race-runtime.a";  // in the room

/// Lays out what the room shows.
room::Options options(const Variant& variant, const fs::path& directory) {
  const fs::path sources = directory / "src", output = directory / "out";
  for (const auto& [name, text] : variant.files) {
    fs::create_directories((sources / name).parent_path());
    write_file(sources / name, text);
  }
  fs::create_directory(output);
  fs::create_directories(preambles());
  for (const fs::path& seen : {directory, sources}) fs::permissions(seen, fs::perms(0755));
  fs::permissions(output, fs::perms(0777));
  room::Options options;
  options.limits.processes = 256;
  options.limits.memory = std::size_t{8} << 30;
  options.limits.cpu_seconds = 120;
  options.limits.scratch = std::size_t{1} << 30;
  options.binds = {{sources, "src"},
                   {source_root() / "harness/lab", "include"},
                   {preambles(), "preambles"},
                   {race_runtime(), kRuntime}};
  options.output = output;
  options.hidden = {source_root()};
  return options;
}

}  // namespace

fs::path preambles() { return build_root() / "preambles"; }

Workshop::Workshop(const Variant& variant) : room_(options(variant, scratch_.path())) {}

void Workshop::run(std::vector<CompilerJob>& jobs) {
  std::map<pid_t, CompilerJob*> running;
  std::vector<Fd> outputs;
  for (CompilerJob& job : jobs) {
    outputs.emplace_back(checked(::memfd_create("messages", MFD_CLOEXEC), "memfd_create"));
    room::Launch launch;
    launch.argv = job.kind == Kind::plain ? std::vector<std::string>{cxx()}
                                          : instrumented(job.arguments, room_.place(kRuntime));
    if (job.kind == Kind::plain)
      launch.argv.insert(launch.argv.end(), job.arguments.begin(), job.arguments.end());
    launch.out = launch.err = outputs.back().get();
    running[room_.start(launch).pid] = &job;
  }
  while (!running.empty()) {
    pollfd polled{room_.event_fd(), POLLIN, 0};
    ::poll(&polled, 1, -1);
    while (const auto event = room_.next_event()) {
      if (event->kind != room::RoomEvent::Kind::exited || !running.contains(event->pid)) continue;
      running[event->pid]->status = event->status;
      running.erase(event->pid);
    }
  }
  for (std::size_t i = 0; i < jobs.size(); ++i)
    jobs[i].messages = read_file("/proc/self/fd/" + std::to_string(outputs[i].get()));
}

}  // namespace ipclab::cli
