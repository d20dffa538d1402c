// Trees of processes in a Snapshot: what is proved, and what must not be.

#include "observe/watch.hpp"

#include <fcntl.h>
#include <sys/syscall.h>

#include <atomic>

#include "base/fd.hpp"
#include "forked.hpp"

using namespace ipclab;
using namespace ipclab::observe;

namespace {

World world_of(std::initializer_list<const Forked*> children) {
  World world;
  for (const Forked* child : children) world.roots.push_back(child->pid());
  return world;
}

/// Looks until the whole tree is quiet. A minute is an upper bound, nothing else.
void look_until_quiet(Watch& watch) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!watch.quiet()) {
    REQUIRE(std::chrono::steady_clock::now() < limit);
    watch.look();
    std::this_thread::sleep_for(watch.pause());
  }
}

const Thread& only_thread(const Snapshot& snapshot, int pid) {
  const ipclab::Process* process = snapshot.find(pid);
  REQUIRE(process);
  REQUIRE(process->threads.size() == 1);
  return process->threads.front();
}

void read_for_ever(const Fd& fd) {
  char c;
  while (::read(fd.get(), &c, 1) == 1) {
  }
}

}  // namespace

TEST_CASE("a reader of an empty pipe: the wait, its object, and both who have it open") {
  PipeEnds pipe = make_pipe();
  const Forked reader([&] {
    pipe.write.reset();
    read_for_ever(pipe.read);
  });
  const Forked writer([&] {
    pipe.read.reset();
    ::pause();
  });
  pipe.read.reset();
  pipe.write.reset();
  Watch watch(world_of({&reader, &writer}));
  look_until_quiet(watch);
  const Snapshot snapshot = watch.snapshot();
  CHECK(snapshot.proved);
  const Thread& thread = only_thread(snapshot, reader.pid());
  CHECK(thread.activity == Activity::blocked);
  CHECK(thread.wait.call == "read");
  REQUIRE(thread.wait.any_of.size() == 1);
  CHECK(thread.wait.any_of[0].need == Need::data);
  const auto object = static_cast<std::size_t>(thread.wait.any_of[0].object);
  CHECK(snapshot.objects.at(object).kind == ObjectKind::pipe);
  const auto holds = [&](const Forked& who, bool reads) {
    for (const Descriptor& descriptor : snapshot.find(who.pid())->descriptors)
      if (descriptor.object == thread.wait.any_of[0].object && (reads ? descriptor.reads : descriptor.writes))
        return true;
    return false;
  };
  CHECK(holds(reader, true));
  CHECK_FALSE(holds(reader, false));
  CHECK(holds(writer, false));
  CHECK_FALSE(holds(writer, true));
}

TEST_CASE("a tree in which one runs is not quiet, and its snapshot proves nothing") {
  const PipeEnds pipe = make_pipe();
  const Forked reader([&] { read_for_ever(pipe.read); });
  const Forked runner([] {
    for (std::atomic<unsigned> i{0};; ++i) {
    }
  });
  Watch watch(world_of({&reader, &runner}));
  reader.asleep_in(SYS_read);
  for (int i = 0; i < 50; ++i) watch.look();
  CHECK_FALSE(watch.quiet());
  CHECK(watch.quiet(reader.pid()));
  CHECK_FALSE(watch.quiet(runner.pid()));
  CHECK_FALSE(watch.snapshot().proved);
  CHECK(watch.snapshot(reader.pid()).proved);
}

TEST_CASE("who has run since the looks is seen, although it sleeps again") {
  const PipeEnds pipe = make_pipe();
  const Forked reader([&] { read_for_ever(pipe.read); });
  Watch watch(world_of({&reader}));
  look_until_quiet(watch);
  const auto before = reader.asleep_in(SYS_read).switches;
  REQUIRE(::write(pipe.write.get(), "x", 1) == 1);
  while (reader.asleep_in(SYS_read).switches == before) {
  }
  watch.look();
  CHECK_FALSE(watch.quiet());
}

TEST_CASE("children that are forked later belong to the tree, and it is empty when all have ended") {
  const PipeEnds go = make_pipe();
  Forked parent([&] {
    char c;
    [[maybe_unused]] auto n = ::read(go.read.get(), &c, 1);
    if (::fork() == 0) ::pause();
    ::pause();
  });
  Watch watch(world_of({&parent}));
  look_until_quiet(watch);
  CHECK(watch.snapshot().processes.size() == 1);
  REQUIRE(::write(go.write.get(), "x", 1) == 1);
  while (watch.snapshot().processes.size() != 2 || !watch.quiet()) watch.look();
  const Snapshot snapshot = watch.snapshot();
  CHECK_FALSE(watch.empty());
  const int child = snapshot.processes.back().pid;
  CHECK(snapshot.processes.back().parent == parent.pid());
  CHECK(snapshot.processes.back().name.starts_with("child"));
  ::kill(child, SIGKILL);
  parent.end();
  do watch.look();
  while (!watch.empty());
}

TEST_CASE("who sleeps for a time sleeps, and is not blocked") {
  const Forked sleeper([] { ::sleep(1000); });
  Watch watch(world_of({&sleeper}));
  look_until_quiet(watch);
  const Snapshot snapshot = watch.snapshot();
  CHECK(only_thread(snapshot, sleeper.pid()).activity == Activity::sleeping);
  const auto time_out = only_thread(snapshot, sleeper.pid()).wait.time_out_seconds;
  REQUIRE(time_out);
  CHECK(*time_out > 900);
}

TEST_CASE("what watchers hold is marked as theirs") {
  const PipeEnds pipe = make_pipe();
  const Forked reader([&] { read_for_ever(pipe.read); });
  World world = world_of({&reader});
  world.watchers = {::getpid()};
  Watch watch(world);
  look_until_quiet(watch);
  const Snapshot snapshot = watch.snapshot();
  const Thread& thread = only_thread(snapshot, reader.pid());
  REQUIRE(thread.wait.any_of.size() == 1);
  CHECK(snapshot.objects.at(static_cast<std::size_t>(thread.wait.any_of[0].object)).outside_writes);
}

TEST_CASE("a name that was given is used") {
  const Forked child([] { ::pause(); });
  World world = world_of({&child});
  world.name_of = [&](int pid) { return pid == child.pid() ? "alice" : ""; };
  Watch watch(world);
  look_until_quiet(watch);
  CHECK(watch.snapshot().find(child.pid())->name == "alice");
}
