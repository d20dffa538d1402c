// /proc read as it is, against processes of which we know what they do.

#include "observe/proc.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/fd.hpp"
#include "forked.hpp"

using namespace ipclab;
using namespace ipclab::observe;

TEST_CASE("a process that sleeps in read is shown with the call and its arguments") {
  const PipeEnds pipe = make_pipe();
  char buffer[7];
  const Forked child([&] { [[maybe_unused]] const auto n = ::read(pipe.read.get(), buffer, sizeof buffer); });
  const RawThread thread = child.asleep_in(SYS_read);
  CHECK(thread.tid == child.pid());
  CHECK(thread.arguments[0] == static_cast<std::uint64_t>(pipe.read.get()));
  CHECK(thread.arguments[1] == reinterpret_cast<std::uint64_t>(buffer));
  CHECK(thread.arguments[2] == sizeof buffer);
  CHECK(thread.stack_pointer != 0);
  CHECK(thread.asleep());
}

TEST_CASE("the count of switches stands still while a thread sleeps, and goes on when it has run") {
  const PipeEnds pipe = make_pipe();
  const Forked child([&] {
    char c;
    while (::read(pipe.read.get(), &c, 1) == 1) {
    }
  });
  const auto before = child.asleep_in(SYS_read).switches;
  CHECK(child.asleep_in(SYS_read).switches == before);
  REQUIRE(::write(pipe.write.get(), "x", 1) == 1);
  while (child.asleep_in(SYS_read).switches == before) {
  }
}

TEST_CASE("names with spaces and parentheses do not shift the other fields") {
  const PipeEnds pipe = make_pipe();
  const Forked child([&] {
    ::prctl(PR_SET_NAME, "a) R (b", 0, 0, 0);
    char c;
    [[maybe_unused]] const auto n = ::read(pipe.read.get(), &c, 1);
  });
  child.asleep_in(SYS_read);
  const auto process = read_process(child.pid());
  REQUIRE(process);
  CHECK(process->program == "a) R (b");
  CHECK(process->parent == ::getpid());
  CHECK(process->start_time > 0);
  CHECK_FALSE(process->zombie);
}

TEST_CASE("an ended child that nobody waited for is a zombie without threads; then it is gone") {
  Forked child([] {});
  siginfo_t info;
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT) == 0);
  const auto process = read_process(child.pid());
  REQUIRE(process);
  CHECK(process->zombie);
  CHECK(process->threads.empty());
  CHECK(std::ranges::count(read_children(::getpid()), child.pid()) == 1);
  const int pid = child.pid();
  child.end();
  CHECK_FALSE(read_process(pid));
  CHECK(std::ranges::count(read_children(::getpid()), pid) == 0);
}

TEST_CASE("a stopped process is asleep, and not in a call that it will finish by itself") {
  const PipeEnds pipe = make_pipe();
  const Forked child([&] {
    char c;
    [[maybe_unused]] const auto n = ::read(pipe.read.get(), &c, 1);
  });
  child.asleep_in(SYS_read);
  ::kill(child.pid(), SIGSTOP);
  REQUIRE(::waitpid(child.pid(), nullptr, WUNTRACED) == child.pid());
  CHECK(read_process(child.pid())->threads.at(0).state == 'T');
}

TEST_CASE("status fields come without the white space before them") {
  auto status = read_status(::getpid());
  CHECK(status["Pid"] == std::to_string(::getpid()));
  CHECK(status["Name"] == "test-observe");
}

TEST_CASE("mappings: shared or private, offset, file") {
  const Fd file(::memfd_create("ipclab test", MFD_CLOEXEC));
  REQUIRE(::ftruncate(file.get(), 8192) == 0);
  void* memory = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file.get(), 4096);
  const auto maps = read_maps(::getpid());
  const auto found = std::ranges::find(maps, reinterpret_cast<std::uint64_t>(memory), &Mapping::begin);
  REQUIRE(found != maps.end());
  CHECK(found->shared);
  CHECK_FALSE(found->executable);
  CHECK(found->offset == 4096);
  CHECK(found->end == found->begin + 4096);
  CHECK(found->path == "/memfd:ipclab test (deleted)");
  ::munmap(memory, 4096);
}

TEST_CASE("another process's memory: values, texts up to their end, and nothing where nothing is mapped") {
  char* pages =
      static_cast<char*>(::mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ::munmap(pages + 4096, 4096);
  std::strcpy(pages + 4096 - 6, "/last");  // ends with the page
  const PipeEnds pipe = make_pipe();
  int value = 41;
  const Forked child([&] {
    ++value;
    char c;
    [[maybe_unused]] const auto n = ::read(pipe.read.get(), &c, 1);
  });
  child.asleep_in(SYS_read);
  CHECK(read_value<int>(child.pid(), reinterpret_cast<std::uint64_t>(&value)) == 42);
  CHECK(read_text(child.pid(), reinterpret_cast<std::uint64_t>(pages + 4096 - 6)) == "/last");
  CHECK_FALSE(read_value<int>(child.pid(), reinterpret_cast<std::uint64_t>(pages + 4096)));
  CHECK(read_text(child.pid(), 8).empty());
  ::munmap(pages, 4096);
}

TEST_CASE("a lock and who waits for it are both in the list of locks") {
  const Fd file(::memfd_create("lock", MFD_CLOEXEC));
  struct flock range {
    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 6, .l_pid = 0
  };
  REQUIRE(::fcntl(file.get(), F_SETLK, &range) == 0);
  const Forked child([&] { ::fcntl(file.get(), F_SETLKW, &range); });
  child.asleep_in(SYS_fcntl);
  const auto locks = read_locks();
  const auto held = std::ranges::find_if(
      locks, [](const LockLine& lock) { return lock.pid == ::getpid() && lock.begin == "10"; });
  REQUIRE(held != locks.end());
  CHECK(held->type == "POSIX");
  CHECK(held->end == "15");
  CHECK_FALSE(held->waiting);
  const auto waiting =
      std::ranges::find_if(locks, [&](const LockLine& lock) { return lock.pid == child.pid(); });
  REQUIRE(waiting != locks.end());
  CHECK(waiting->waiting);
  CHECK(waiting->id == held->id);
  CHECK(waiting->file == held->file);
}
