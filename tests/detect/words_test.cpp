#include "detect/words.hpp"

#include <doctest/doctest.h>

#include "world.hpp"

using namespace ipclab;
using detect::activity_sentence;
using detect::waits_in;
using detect::waits_on;

TEST_CASE("what a process does, in words") {
  World world;
  const int alice = world.process("alice"), inbox = world.object(ObjectKind::posix_queue, "/inbox");
  const auto says = [&] { return activity_sentence(world.snapshot, world.at_process(alice)); };
  CHECK(says() == "running");
  world.blocks(alice, "mq_timedreceive", inbox, Need::message, 3);
  CHECK(says() == "blocked in mq_receive on /inbox");
  world.at_thread(alice).wait.time_out_seconds = 2;
  CHECK(says() == "blocked in mq_receive on /inbox with a time-out");
  world.at_thread(alice).wait.time_out_seconds.reset();
  world.also(alice, world.pipe("pipe A"), Need::data);
  CHECK(says() == "blocked in mq_receive on /inbox or pipe A");
  world.waits_for(alice, world.process("child"));
  CHECK(says() == "blocked in waitpid for child");
  world.blocks(alice, "rt_sigsuspend", world.object(ObjectKind::signal, "a signal"), Need::signal);
  CHECK(says() == "blocked in sigsuspend for a signal");
  world.blocks(alice, "flock", world.object(ObjectKind::file_lock, "lock on file log"), Need::unlock, 3);
  CHECK(says() == "blocked in flock for the lock on file log");
  world.does(alice, Activity::sleeping, "clock_nanosleep");
  CHECK(says() == "asleep for a time in clock_nanosleep");
  world.does(alice, Activity::polling, "sched_yield");
  CHECK(says() == "waking again and again to look (polling in sched_yield)");
  world.does(alice, Activity::spinning);
  CHECK(says() == "burning CPU (spinning)");
  world.does(alice, Activity::stopped);
  CHECK(says() == "stopped by a signal");
  world.ends(alice, 3);
  CHECK(says() == "at its end (exit status 3)");
  world.at_process(alice).activity = Activity::killed;
  world.at_process(alice).signal = 11;
  CHECK(says() == "ended by SIGSEGV");
  world.at_process(alice).signal = 40;
  CHECK(says() == "ended by signal 40");
  world.at_process(alice).held = true;
  CHECK(says() == "held at a system call by the check");
}

TEST_CASE("the thread that gives a process its activity is the one that is told") {
  World world;
  const int program = world.process("program"), second = world.add_thread(program);
  world.blocks(program, "futex", world.object(ObjectKind::thread, "a thread"), Need::exit);
  world.does(second, Activity::spinning);
  world.at_process(program).activity = Activity::spinning;
  CHECK(activity_sentence(world.snapshot, world.at_process(program)) == "burning CPU (spinning)");
}

TEST_CASE("an expected object: by name, by the beginning of a name, by kind") {
  World world;
  const int alice = world.process("alice");
  world.blocks(alice, "read", world.pipe("pipe A"), Need::data, 0);
  const Thread& thread = world.at_thread(alice);
  CHECK(waits_on(world.snapshot, thread, "pipe A"));
  CHECK(waits_on(world.snapshot, thread, "pipe"));
  CHECK(waits_on(world.snapshot, thread, ""));
  CHECK_FALSE(waits_on(world.snapshot, thread, "pip"));
  CHECK_FALSE(waits_on(world.snapshot, thread, "pipe B"));
  CHECK_FALSE(waits_on(world.snapshot, thread, "fifo"));
  world.at(0).name = "standard input";
  CHECK(waits_on(world.snapshot, thread, "pipe"));  // its kind
  CHECK(waits_on(world.snapshot, thread, "standard"));
  world.at_thread(alice).wait.any_of.clear();
  CHECK_FALSE(waits_on(world.snapshot, thread, ""));
  world.also(alice, 99, Need::data);
  CHECK_FALSE(waits_on(world.snapshot, thread, ""));
}

TEST_CASE("any of several objects") {
  World world;
  const int alice = world.process("alice");
  world.blocks(alice, "poll", world.pipe("pipe A"), Need::data);
  world.also(alice, world.object(ObjectKind::mutex, "mutex at queue+0x40"), Need::unlock);
  CHECK(waits_on(world.snapshot, world.at_thread(alice), "mutex"));
  CHECK(waits_on(world.snapshot, world.at_thread(alice), "pipe A"));
}

namespace {

Thread in(const std::string& call, const std::string& function = "", Need need = Need::data) {
  Thread thread;
  thread.activity = Activity::blocked;
  thread.wait.call = call;
  thread.wait.function = function;
  thread.wait.any_of = {{0, need}};
  return thread;
}

}  // namespace

TEST_CASE("variants of a function are one") {
  CHECK(waits_in(in("mq_timedreceive"), "mq_receive"));
  CHECK(waits_in(in("mq_timedreceive"), "mq_timedreceive"));
  CHECK(waits_in(in("wait4"), "waitpid"));
  CHECK(waits_in(in("waitid"), "wait"));
  CHECK(waits_in(in("accept4"), "accept"));
  CHECK(waits_in(in("ppoll"), "poll"));
  CHECK(waits_in(in("pselect6"), "select"));
  CHECK(waits_in(in("semtimedop"), "semop"));
  CHECK(waits_in(in("readv"), "read"));
  CHECK(waits_in(in("openat"), "open"));
  CHECK(waits_in(in("recvfrom"), "recv"));
  CHECK_FALSE(waits_in(in("read"), "recv"));
  CHECK_FALSE(waits_in(in("mq_timedsend"), "mq_receive"));
  CHECK_FALSE(waits_in(in("poll"), "select"));
}

TEST_CASE("a futex is the function that waits for what it waits for") {
  CHECK(waits_in(in("futex", "", Need::signal), "pthread_cond_wait"));
  CHECK(waits_in(in("futex", "std::condition_variable::wait", Need::signal), "pthread_cond_timedwait"));
  CHECK(waits_in(in("futex", "", Need::post), "sem_wait"));
  CHECK(waits_in(in("futex", "", Need::unlock), "pthread_mutex_lock"));
  CHECK(waits_in(in("futex", "", Need::unlock), "pthread_rwlock_rdlock"));
  CHECK(waits_in(in("futex", "", Need::exit), "pthread_join"));
  CHECK(waits_in(in("futex", "", Need::wake), "futex"));
  CHECK(waits_in(in("futex", "pthread_mutex_lock", Need::unlock), "futex"));
  CHECK_FALSE(waits_in(in("futex", "", Need::post), "pthread_cond_wait"));
  CHECK_FALSE(waits_in(in("futex", "", Need::unlock), "sem_wait"));
}

TEST_CASE("names of calls") {
  CHECK(detect::call_name(in("mq_timedsend").wait) == "mq_send");
  CHECK(detect::call_name(in("wait4").wait) == "waitpid");
  CHECK(detect::call_name(in("futex", "pthread_cond_wait").wait) == "pthread_cond_wait");
  CHECK(detect::call_name(in("futex", "", Need::post).wait) == "sem_wait");
  CHECK(detect::call_name(in("futex", "", Need::unlock).wait) ==
        "futex");  // of a mutex or a readers-writer lock
  CHECK(detect::call_name(in("clock_nanosleep").wait) == "clock_nanosleep");
  CHECK(detect::call_name(in("msgrcv").wait) == "msgrcv");
}

TEST_CASE("enumerations") {
  CHECK(detect::enumeration({}) == "");
  CHECK(detect::enumeration({"a"}) == "a");
  CHECK(detect::enumeration({"a", "b"}) == "a and b");
  CHECK(detect::enumeration({"a", "b", "c"}) == "a, b and c");
  CHECK(detect::enumeration({"a", "b", "c", "d"}) == "a, b, c and d");
  CHECK(detect::enumeration({"a", "b", "c", "d", "e"}) == "a, b, c and 2 more");
  CHECK(detect::enumeration({"a", "b"}, 4, "or") == "a or b");
}

TEST_CASE("threads are counted where there are several") {
  World world;
  const int bank = world.process("bank");
  CHECK(detect::who(world.snapshot, bank) == "bank");
  const int second = world.add_thread(bank);
  CHECK(detect::who(world.snapshot, bank) == "bank, thread 1");
  CHECK(detect::who(world.snapshot, second) == "bank, thread 2");
  CHECK(detect::who(world.snapshot, 4711) == "");
}
